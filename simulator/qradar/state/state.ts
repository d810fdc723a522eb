import type { SearchRecord } from '../ariel/searches.ts';
import { Collection } from './collection.ts';
import type { Journal } from './journal.ts';
import type * as R from './records.ts';

/** Everything the console knows beside events and flows. */
export class State {
  readonly journal: Journal;
  readonly offenses: Collection<number, R.OffenseRecord>;
  readonly notes: Collection<number, R.NoteRecord>;
  readonly closingReasons: Collection<number, R.ClosingReason>;
  readonly addresses: Collection<number, R.AddressRecord>;
  readonly contributions: Collection<number, R.Contribution>;
  readonly rules: Collection<number, R.RuleRecord>;
  readonly services: Collection<number, R.ServiceRecord>;
  readonly users: Collection<number, R.UserRecord>;
  readonly roles: Collection<number, R.RoleRecord>;
  readonly profiles: Collection<number, R.ProfileRecord>;
  readonly domains: Collection<number, R.DomainRecord>;
  readonly tenants: Collection<number, R.TenantRecord>;
  readonly logSources: Collection<number, R.LogSourceRecord>;
  readonly logSourceTypes: Collection<number, R.LogSourceType>;
  readonly highCategories: Collection<number, R.HighCategory>;
  readonly lowCategories: Collection<number, R.LowCategory>;
  readonly qids: Collection<number, R.QidRecord>;
  readonly mappings: Collection<number, R.EventMapping>;
  readonly properties: Collection<number, R.CustomProperty>;
  readonly expressions: Collection<number, R.PropertyExpression>;
  readonly references: Collection<number, R.ReferenceRecord>;
  readonly sets: Collection<number, R.SetRecord>;
  readonly entries: Collection<number, R.EntryRecord>;
  readonly tasks: Collection<number, R.TaskRecord>;
  readonly bulkTasks: Collection<number, R.BulkTask>;
  readonly assets: Collection<number, R.AssetRecord>;
  readonly ubaUsers: Collection<number, R.UbaUser>;
  readonly savedSearches: Collection<number, R.SavedSearch>;
  readonly searches: Collection<string, SearchRecord>;
  readonly settings: Collection<string, { value: number | string }>;

  constructor(journal: Journal) {
    this.journal = journal;
    this.offenses = new Collection(journal, 'offenses');
    this.notes = new Collection(journal, 'notes');
    this.closingReasons = new Collection(journal, 'closing-reasons');
    this.addresses = new Collection(journal, 'addresses');
    this.contributions = new Collection(journal, 'contributions');
    this.rules = new Collection(journal, 'rules');
    this.services = new Collection(journal, 'services');
    this.users = new Collection(journal, 'users');
    this.roles = new Collection(journal, 'roles');
    this.profiles = new Collection(journal, 'profiles');
    this.domains = new Collection(journal, 'domains');
    this.tenants = new Collection(journal, 'tenants');
    this.logSources = new Collection(journal, 'log-sources');
    this.logSourceTypes = new Collection(journal, 'log-source-types');
    this.highCategories = new Collection(journal, 'high-categories');
    this.lowCategories = new Collection(journal, 'low-categories');
    this.qids = new Collection(journal, 'qids');
    this.mappings = new Collection(journal, 'mappings');
    this.properties = new Collection(journal, 'properties');
    this.expressions = new Collection(journal, 'expressions');
    this.references = new Collection(journal, 'references');
    this.sets = new Collection(journal, 'sets');
    this.entries = new Collection(journal, 'entries');
    this.tasks = new Collection(journal, 'tasks');
    this.bulkTasks = new Collection(journal, 'bulk-tasks');
    this.assets = new Collection(journal, 'assets');
    this.ubaUsers = new Collection(journal, 'uba-users');
    this.savedSearches = new Collection(journal, 'saved-searches');
    this.searches = new Collection(journal, 'searches');
    this.settings = new Collection(journal, 'settings');
  }
}
