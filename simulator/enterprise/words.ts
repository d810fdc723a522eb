/** Word lists for names, folders and files. All people and companies are made up. */
const split = (text: string): string[] => text.trim().split(/\s+/);

export const FIRST_NAMES = split(`
Ada Alan Alice Amara Andre Anna Arjun Astrid Ben Bianca Boris Carla Carmen Cedric Chen Clara Daniel Daria David Diego Dina
Edith Elena Elif Emil Emma Erik Esther Fatima Felix Finn Flora Frank Gabriel Gina Grace Greta Hana Hassan Helen Henry Hugo
Ida Igor Ines Iris Ivan Jack Jana Jane Jonas Joseph Julia Karim Kate Kenji Klara Lars Laura Leah Leo Lena Liam Linda Lucas
Luisa Malik Marco Maria Marta Max Maya Mei Mila Miriam Nadia Nina Noah Nora Olga Oliver Omar Oscar Paula Pedro Petra Priya
Rafael Rania Robert Rosa Ruth Samir Sara Sofia Sonja Stefan Sven Tara Theo Thomas Tina Tom Uma Vera Victor Wanda Yara Yusuf
`);
export const LAST_NAMES = split(`
Abbott Adler Ahmed Almeida Anders Archer Bailey Baker Barros Bauer Becker Berg Bishop Blake Bosch Braun Brooks Burke Byrne
Carter Castro Chandra Clarke Conrad Cooper Costa Cruz Dahl Dalton Decker Diaz Dixon Doyle Dubois Duncan Eberle Ellis Evans
Farrell Ferrari Fischer Fleming Foster Franke Fraser Fuchs Garcia Gibson Gomez Grant Greene Gupta Haas Hansen Harper Hayes
Heller Hoffman Holm Huber Hughes Ibrahim Ivanov Jansen Jensen Johansson Kaiser Keller Kelly Khan Klein Koch Kowalski Kramer
Kumar Lang Larsen Lehmann Lewis Lima Lindgren Lopez Mahler Marsh Martin Meyer Miller Moreau Moreno Murphy Nakamura Nelson
Neumann Nolan Novak Olsen Ortiz Osman Owens Palmer Park Patel Pereira Peters Petrov Pohl Porter Quinn Ramos Reed Reyes Rossi
Roth Russo Sato Schmidt Schulz Shah Silva Singh Sommer Stein Stone Suzuki Tanaka Taylor Torres Turner Unger Vance Vargas
Vogel Wagner Walsh Watts Weber Winter Wolff Wong Wright Yamada York Young Zeller Zimmer
`);

export const PROJECT_WORDS = split(`
Aurora Basalt Cedar Delta Ember Falcon Granite Harbor Indigo Juniper Kestrel Lagoon Meridian Nimbus Onyx Prairie Quartz
Ridge Saffron Tundra Umber Vertex Willow Zephyr Alder Birch Cobalt Drift Everest Fjord Glacier Heron Isle Jasper Kelp Lark
Maple North Ochre Pine Quill Raven Sierra Terra Ursa Violet Wren Yarrow Arbor Beacon Canyon Dune Echo Flint Grove Hazel
`);

export const TOPIC_WORDS = split(`
budget forecast contract invoice review roadmap schedule minutes plan report draft summary audit policy design spec release
test survey customer supplier order delivery pricing offer proposal training onboarding travel expense payroll benefits
quality incident change request backlog analysis model dataset results figures campaign brand launch event newsletter
partner agreement claim patent notes checklist template inventory capacity budgeting migration handbook guideline feedback
`);

export const FOLDER_WORDS = split(
  'archive current drafts shared templates 2024 2025 2026 clients internal meetings reference',
);

export const EXTENSIONS: Record<string, readonly string[]> = {
  Engineering: split('md ts py java json docx xlsx sql yaml png'),
  'IT Operations': split('ps1 cfg xlsx docx log sh txt zip'),
  'Information Security': split('docx xlsx pcap py txt pdf log'),
  Finance: split('xlsx xlsx xlsx csv pdf docx'),
  'Human Resources': split('docx pdf xlsx docx pptx'),
  Sales: split('pptx docx xlsx pdf'),
  Marketing: split('png jpg psd pptx mp4 docx indd'),
  Legal: split('docx pdf pdf docx msg'),
  Operations: split('xlsx csv pdf docx dwg'),
  'Customer Support': split('docx pdf xlsx log txt'),
  Research: split('ipynb csv py docx pdf parquet'),
  Management: split('pptx docx xlsx pdf'),
};
