/** Departments and roles: mean daily counts per role; people multiply them with their own factors. */

export interface RoleProfile {
  name: string;
  weight: number;
  web: number;
  mailSend: number;
  mailReceive: number;
  /** Share of sent mail that leaves the company. */
  externalMail: number;
  share: number;
  local: number;
  cloud: number;
  database: number;
  programs: number;
  ssh: number;
  admin: 'none' | 'servers' | 'helpdesk' | 'databases' | 'security';
  /** Share of the people in the role who use removable media regularly. */
  removable: number;
  remote: number;
  travel: number;
  evening: number;
  onCall: boolean;
  /** Uploads to outside services as part of the job, per day. */
  externalUpload: number;
  /** Logons to shared machines a day. */
  sharedMachines: number;
  /** Mails to large lists as part of the job, per day. */
  massMail: number;
}

export interface DepartmentPlan {
  name: string;
  functionalUnit: string;
  weight: number;
  sensitive: 0 | 1 | 2;
  roles: RoleProfile[];
}

const BASE: RoleProfile = {
  name: '',
  weight: 1,
  web: 20,
  mailSend: 7,
  mailReceive: 12,
  externalMail: 0.2,
  share: 10,
  local: 8,
  cloud: 5,
  database: 0,
  programs: 9,
  ssh: 0,
  admin: 'none',
  removable: 0.07,
  remote: 0.25,
  travel: 0.01,
  evening: 0.03,
  onCall: false,
  externalUpload: 0.02,
  massMail: 0,
  sharedMachines: 0.03,
};
const role = (name: string, weight: number, fields: Partial<RoleProfile>): RoleProfile => ({
  ...BASE,
  name,
  weight,
  ...fields,
});

export const DEPARTMENTS: readonly DepartmentPlan[] = [
  {
    name: 'Engineering',
    functionalUnit: 'Product Development',
    weight: 24,
    sensitive: 1,
    roles: [
      role('Software Developer', 10, {
        web: 27,
        share: 5,
        local: 16,
        programs: 24,
        ssh: 1.5,
        database: 2,
        remote: 0.45,
        evening: 0.08,
        onCall: true,
      }),
      role('Senior Developer', 5, {
        web: 26,
        share: 6,
        local: 14,
        programs: 22,
        ssh: 2,
        database: 3,
        remote: 0.5,
        evening: 0.1,
        onCall: true,
      }),
      role('Test Engineer', 4, { web: 19, share: 9, local: 10, programs: 18, ssh: 1, database: 3, removable: 0.15 }),
      role('Engineering Manager', 2, { web: 18, mailSend: 14, mailReceive: 21, share: 10, cloud: 10 }),
    ],
  },
  {
    name: 'IT Operations',
    functionalUnit: 'Corporate Services',
    weight: 8,
    sensitive: 1,
    roles: [
      role('System Administrator', 5, {
        web: 21,
        share: 8,
        programs: 16,
        ssh: 3,
        admin: 'servers',
        evening: 0.1,
        onCall: true,
        removable: 0.1,
      }),
      role('Helpdesk Analyst', 5, {
        web: 18,
        mailSend: 16,
        mailReceive: 20,
        share: 6,
        admin: 'helpdesk',
        removable: 0.15,
      }),
      role('Network Engineer', 2, { web: 19, programs: 14, ssh: 6, admin: 'servers', evening: 0.1, onCall: true }),
      role('Database Administrator', 2, {
        database: 24,
        programs: 14,
        ssh: 2,
        admin: 'databases',
        evening: 0.08,
        onCall: true,
      }),
    ],
  },
  {
    name: 'Information Security',
    functionalUnit: 'Corporate Services',
    weight: 3,
    sensitive: 2,
    roles: [
      role('Security Analyst', 3, {
        web: 32,
        share: 6,
        programs: 16,
        ssh: 2,
        admin: 'security',
        onCall: true,
        evening: 0.08,
      }),
      role('Penetration Tester', 1, { web: 30, programs: 26, ssh: 4, admin: 'security', removable: 0.4 }),
    ],
  },
  {
    name: 'Finance',
    functionalUnit: 'Corporate Services',
    weight: 9,
    sensitive: 2,
    roles: [
      role('Accountant', 6, { web: 13, share: 26, database: 10, mailSend: 9, remote: 0.15 }),
      role('Financial Analyst', 3, { web: 18, share: 24, database: 12, local: 12 }),
      role('Controller', 1, { web: 11, share: 22, mailSend: 12, mailReceive: 18, database: 6 }),
    ],
  },
  {
    name: 'Human Resources',
    functionalUnit: 'Corporate Services',
    weight: 4,
    sensitive: 2,
    roles: [
      role('Recruiter', 2, { web: 29, mailSend: 16, mailReceive: 22, externalMail: 0.55, cloud: 10 }),
      role('HR Partner', 3, { web: 20, mailSend: 12, mailReceive: 16, share: 16, database: 4, massMail: 0.08 }),
    ],
  },
  {
    name: 'Sales',
    functionalUnit: 'Commercial',
    weight: 15,
    sensitive: 1,
    roles: [
      role('Account Executive', 8, {
        web: 24,
        mailSend: 18,
        mailReceive: 21,
        externalMail: 0.6,
        cloud: 12,
        share: 6,
        remote: 0.4,
        travel: 0.06,
        evening: 0.08,
      }),
      role('Sales Engineer', 3, {
        web: 24,
        mailSend: 12,
        externalMail: 0.5,
        programs: 14,
        removable: 0.3,
        remote: 0.4,
        travel: 0.06,
      }),
      role('Sales Manager', 2, {
        web: 18,
        mailSend: 18,
        mailReceive: 26,
        externalMail: 0.4,
        cloud: 12,
        database: 3,
        travel: 0.05,
      }),
    ],
  },
  {
    name: 'Marketing',
    functionalUnit: 'Commercial',
    weight: 7,
    sensitive: 0,
    roles: [
      role('Campaign Manager', 4, {
        web: 35,
        mailSend: 12,
        externalMail: 0.45,
        cloud: 12,
        externalUpload: 0.9,
        massMail: 0.05,
      }),
      role('Designer', 3, {
        web: 29,
        share: 20,
        local: 18,
        cloud: 14,
        externalUpload: 1.4,
        removable: 0.35,
        programs: 12,
      }),
      role('Communications Manager', 1, {
        web: 27,
        mailSend: 14,
        externalMail: 0.4,
        externalUpload: 0.6,
        massMail: 0.3,
      }),
    ],
  },
  {
    name: 'Legal',
    functionalUnit: 'Corporate Services',
    weight: 3,
    sensitive: 2,
    roles: [
      role('Counsel', 2, { web: 20, share: 20, mailSend: 12, mailReceive: 18, externalMail: 0.4, evening: 0.1 }),
      role('Paralegal', 2, { web: 14, share: 28, mailSend: 10, externalMail: 0.3 }),
    ],
  },
  {
    name: 'Operations',
    functionalUnit: 'Supply',
    weight: 12,
    sensitive: 0,
    roles: [
      role('Production Planner', 4, { sharedMachines: 1.2, web: 11, share: 18, database: 14, remote: 0.05 }),
      role('Logistics Coordinator', 4, {
        sharedMachines: 0.5,
        web: 14,
        mailSend: 16,
        mailReceive: 20,
        externalMail: 0.5,
        database: 8,
        remote: 0.1,
      }),
      role('Quality Engineer', 3, {
        sharedMachines: 1,
        web: 14,
        share: 16,
        local: 14,
        database: 6,
        removable: 0.3,
        remote: 0.05,
      }),
    ],
  },
  {
    name: 'Customer Support',
    functionalUnit: 'Commercial',
    weight: 8,
    sensitive: 0,
    roles: [
      role('Support Agent', 6, {
        sharedMachines: 0.2,
        web: 24,
        mailSend: 24,
        mailReceive: 24,
        externalMail: 0.75,
        database: 10,
        share: 4,
        programs: 6,
      }),
      role('Support Engineer', 3, {
        web: 24,
        mailSend: 14,
        externalMail: 0.5,
        programs: 16,
        ssh: 2,
        evening: 0.08,
        onCall: true,
      }),
    ],
  },
  {
    name: 'Research',
    functionalUnit: 'Product Development',
    weight: 5,
    sensitive: 2,
    roles: [
      role('Scientist', 3, {
        sharedMachines: 0.4,
        web: 27,
        share: 14,
        local: 20,
        programs: 14,
        removable: 0.25,
        evening: 0.12,
      }),
      role('Data Scientist', 2, { web: 27, database: 14, programs: 22, ssh: 2, local: 18, evening: 0.1 }),
    ],
  },
  {
    name: 'Management',
    functionalUnit: 'Executive Office',
    weight: 2,
    sensitive: 2,
    roles: [
      role('Director', 2, {
        web: 14,
        mailSend: 20,
        mailReceive: 32,
        externalMail: 0.3,
        share: 8,
        travel: 0.06,
        evening: 0.2,
      }),
      role('Executive Assistant', 1, { web: 19, mailSend: 22, mailReceive: 27, share: 16, massMail: 0.1 }),
    ],
  },
];

export const departmentNamed = (name: string): DepartmentPlan => DEPARTMENTS.find((d) => d.name === name)!;
