import type { FileCategory } from '../domain/activity.ts';

// biome-ignore format: a table, one rule a line
export const EXTENSIONS: Readonly<Partial<Record<FileCategory, string>>> = {
  document: 'doc docx docm dot dotx odt rtf pdf ppt pptx pptm odp pages key txt md tex one vsd vsdx msg eml xps epub',
  spreadsheet: 'xls xlsx xlsm xlsb xlt ods csv tsv numbers',
  source_code: 'c h cc cpp cxx hpp cs java kt go rs py ipynb rb php js jsx ts tsx swift scala m pas f90 v vhd vhdl sv sln csproj gradle xml json yaml yml toml sql html css dwg dxf step stp sldprt',
  archive: 'zip rar 7z gz tgz bz2 xz tar zst cab arj iso img vhd vhdx vmdk ova dmg bak',
  executable: 'exe dll sys msi msp scr com ocx cpl drv efi elf so dylib bin apk jar deb rpm appx msix',
  script: 'ps1 psm1 psd1 bat cmd vbs vbe jse wsf wsh hta sh bash zsh pl lua au3 scpt ksh',
  image: 'jpg jpeg png gif bmp tif tiff svg webp heic ico psd ai raw',
  media: 'mp3 mp4 avi mov mkv wav flac aac wmv flv m4a webm ogg',
  database: 'db sqlite sqlite3 mdb accdb mdf ldf ndf dbf fdb ibd dmp parquet sqlitedb',
  credential: 'pem pfx p12 crt cer der ppk kdbx kdb jks keystore keytab ovpn rdg gpg asc kirbi dit',
  mail_store: 'pst ost mbox nsf edb dbx olm',
  temporary: 'tmp temp log etl pf lnk cache swp part crdownload evtx dat',
};

const BY_EXTENSION = new Map<string, FileCategory>();
for (const [category, extensions] of Object.entries(EXTENSIONS)) {
  for (const extension of extensions.split(' ')) {
    if (!BY_EXTENSION.has(extension)) BY_EXTENSION.set(extension, category as FileCategory);
  }
}

/** Names that hold credentials whatever their extension. */
export const CREDENTIAL_NAMES = String.raw`id_(?:rsa|dsa|ecdsa|ed25519)|ntds\.dit|sam|shadow|\.netrc|login data|logins\.json`;
const CREDENTIAL_NAME = new RegExp(String.raw`(?:^|[\\/])(?:${CREDENTIAL_NAMES})$`, 'i');

/** What a file is, from the end of its path; `other` when the extension tells nothing, `none` for an empty path. */
export function fileCategory(path: string): FileCategory {
  if (path === '') return 'none';
  const dot = path.lastIndexOf('.');
  if (dot >= 0 && path.length - dot <= 12) {
    const category = BY_EXTENSION.get(path.slice(dot + 1).toLowerCase());
    if (category !== undefined) return category;
  }
  return CREDENTIAL_NAME.test(path) ? 'credential' : 'other';
}
