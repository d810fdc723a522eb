import type { WebCategory } from '../domain/activity.ts';

/** Well-known sites by category; a name stands for itself and every host below it. */
export const WEB_HOSTS: Readonly<Partial<Record<WebCategory, string>>> = {
  job_search: `
    monster.com indeed.com careerbuilder.com simplyhired.com glassdoor.com dice.com ziprecruiter.com hired.com ladders.com
    theladders.com jobs.com job.com snagajob.com flexjobs.com jobhuntersbible.com job-hunt.org jobsearch.about.com usajobs.gov
    stepstone.com stepstone.de xing.com totaljobs.com reed.co.uk seek.com.au naukri.com jobstreet.com hotjobs.yahoo.com
    vault.com salary.com payscale.com clearancejobs.com wellfound.com angel.co levels.fyi resume.com jobserve.com
    efinancialcareers.com idealist.org craigslist.org workopolis.com apec.fr infojobs.net linkedin.com/jobs`,
  leak_site: `
    wikileaks.org cryptome.org ddosecrets.com globaleaks.org securedrop.org publicintelligence.net distributeddenialofsecrets.com
    breachforums.st raidforums.com leakbase.io intelx.io anonfiles.com`,
  cloud_storage: `
    dropbox.com dropboxusercontent.com box.com box.net drive.google.com docs.google.com onedrive.live.com onedrive.com 1drv.ms
    mega.nz mega.co.nz mediafire.com icloud.com pcloud.com sync.com sugarsync.com spideroak.com 4shared.com rapidshare.com
    megaupload.com depositfiles.com idrive.com backblaze.com amazonaws.com blob.core.windows.net storage.googleapis.com
    carbonite.com mozy.com syncplicity.com egnyte.com terabox.com jianguoyun.com yandex.disk disk.yandex.com degoo.com
    digitaloceanspaces.com wasabisys.com r2.dev`,
  webmail: `
    mail.google.com gmail.com mail.yahoo.com outlook.live.com hotmail.com mail.live.com outlook.com mail.aol.com mail.com gmx.com
    gmx.net gmx.de web.de protonmail.com proton.me tutanota.com tuta.com zoho.com fastmail.com hushmail.com mail.ru mail.yandex.com
    yandex.mail icloud.com/mail juno.com earthlink.net comcast.net/mail roundcube.net guerrillamail.com mailinator.com
    10minutemail.com temp-mail.org`,
  social: `
    facebook.com twitter.com x.com instagram.com linkedin.com reddit.com tumblr.com pinterest.com tiktok.com snapchat.com vk.com
    myspace.com plus.google.com quora.com discord.com discordapp.com telegram.org t.me whatsapp.com web.whatsapp.com weibo.com
    flickr.com meetup.com mastodon.social threads.net bsky.app youtube.com twitch.tv blogspot.com wordpress.com livejournal.com`,
  paste_site: `
    pastebin.com paste.ee ghostbin.com hastebin.com dpaste.org dpaste.com privatebin.net rentry.co controlc.com justpaste.it
    termbin.com ix.io 0bin.net pastie.org paste.debian.net zerobin.net gist.github.com`,
  hacking_tools: `
    exploit-db.com metasploit.com kali.org packetstormsecurity.com packetstormsecurity.org offensive-security.com hackforums.net
    nmap.org cain.com oxid.it hak5.org openwall.com hashcat.net gentilkiwi.com cobaltstrike.com 0day.today insecure.org
    sectools.org remote-exploit.org astalavista.com rapid7.com/db crackstation.net sqlmap.org aircrack-ng.org wireshark.org
    netcat.sourceforge.net portswigger.net shodan.io censys.io lolbas-project.github.io interact.sh oast.fun burpcollaborator.net`,
  surveillance_tools: `
    refog.com spectorsoft.com webwatchernow.com webwatcher.com flexispy.com mspy.com spyrix.com actualkeylogger.com
    keylogger.org keyloggers.com softactivity.com actualspy.com relytec.com ardamax.com elite-keylogger.com widestep.com
    best-keylogger.com revealerkeylogger.com iwantsoft.com wellresearchedreviews.com blazingtools.com spytech-web.com
    spytech.com spyagent.com staffcop.com kidlogger.net hoverwatch.com keyghost.com keelog.com veriato.com cocospy.com
    mykeylogger.com sniperspy.com realtime-spy.com spybubble.com guardbay.com dpspy.com pctattletale.com`,
  code_hosting: `
    github.com githubusercontent.com gitlab.com bitbucket.org sourceforge.net codeberg.org gitee.com codeplex.com launchpad.net
    npmjs.com pypi.org hub.docker.com crates.io nuget.org`,
  ai_assistant: `
    chat.openai.com chatgpt.com openai.com claude.ai anthropic.com gemini.google.com bard.google.com copilot.microsoft.com
    perplexity.ai poe.com character.ai deepseek.com chat.mistral.ai mistral.ai huggingface.co you.com grok.com meta.ai
    groq.com together.ai replicate.com`,
  file_transfer: `
    wetransfer.com we.tl sendspace.com transfer.sh file.io gofile.io sendgb.com filemail.com yousendit.com hightail.com
    smash.com fromsmash.com send-anywhere.com zippyshare.com uploadfiles.io ufile.io 1fichier.com uploaded.net catbox.moe
    litterbox.catbox.moe bashupload.com oshi.at temp.sh dropmefiles.com filedropper.com rapidgator.net turbobit.net
    transferxl.com swisstransfer.com firefox.send pixeldrain.com bayfiles.com filebin.net`,
  news: `
    cnn.com nytimes.com bbc.com bbc.co.uk foxnews.com washingtonpost.com reuters.com bloomberg.com wsj.com theguardian.com
    usatoday.com huffingtonpost.com npr.org msn.com news.google.com news.yahoo.com drudgereport.com economist.com ft.com
    cnbc.com apnews.com spiegel.de lemonde.fr politico.com time.com forbes.com businessinsider.com espn.go.com espn.com`,
  shopping: `
    amazon.com ebay.com walmart.com target.com bestbuy.com etsy.com aliexpress.com alibaba.com overstock.com newegg.com
    homedepot.com costco.com kohls.com macys.com wayfair.com zalando.de amazon.de amazon.co.uk groupon.com shein.com temu.com`,
  adult_gambling: `
    pornhub.com xvideos.com xnxx.com xhamster.com redtube.com youporn.com onlyfans.com bet365.com pokerstars.com williamhill.com
    draftkings.com fanduel.com bovada.lv 888casino.com betfair.com partypoker.com playboy.com adultfriendfinder.com
    ashleymadison.com stake.com`,
  anonymizer: `
    torproject.org hidemyass.com anonymouse.org proxify.com kproxy.com hide.me nordvpn.com expressvpn.com protonvpn.com
    surfshark.com mullvad.net privateinternetaccess.com cyberghostvpn.com tunnelbear.com windscribe.com hotspotshield.com
    vpngate.net ultrasurf.us psiphon.ca guardster.com megaproxy.com ngrok.io ngrok.com ngrok-free.app onion.to onion.ly
    tor2web.org localtunnel.me trycloudflare.com serveo.net teamviewer.com anydesk.com logmein.com`,
};
