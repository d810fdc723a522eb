import { createMapping, createQid } from '../state/qids.ts';
import type { QidRecord } from '../state/records.ts';
import type { State } from '../state/state.ts';
import { describeEvent, UNKNOWN_CATEGORY } from './device-support.ts';

export interface Classified {
  qid: QidRecord;
  high: number;
  /** Nobody has mapped the event. */
  unknown: boolean;
}

/** QIDs made for one product by its own events; a hostile sender cannot fill the table. */
const MAX_QIDS = 10_000;

/** Maps event id and category of a log source type to a QID, making those that the product's own support knows. */
export class QidFinder {
  readonly #state: State;
  readonly #known = new Map<string, Classified>();
  #mappings = 0;
  constructor(state: State) {
    this.#state = state;
  }

  find(typeId: number, eventId: string, category: string, failed: boolean): Classified {
    if (this.#mappings !== this.#state.mappings.size) {
      this.#known.clear();
      this.#mappings = this.#state.mappings.size;
    }
    const key = `${typeId}|${failed}|${category}|${eventId}`;
    const known = this.#known.get(key);
    if (known) return known;
    const found = this.#search(typeId, eventId, category, failed);
    if (this.#known.size > MAX_QIDS) this.#known.clear();
    this.#known.set(key, found);
    this.#mappings = this.#state.mappings.size;
    return found;
  }

  #search(typeId: number, eventId: string, category: string, failed: boolean): Classified {
    const state = this.#state;
    const mapped = state.mappings.find(
      (one) =>
        one.log_source_type_id === typeId &&
        one.log_source_event_id === eventId &&
        one.log_source_event_category === category,
    );
    const described = describeEvent(typeId, eventId, category, failed);
    const record = mapped && !(failed && !mapped.custom_event) ? state.qids.get(mapped.qid_record_id) : undefined;
    if (record) return this.#classify(record, false);
    if (!described || state.qids.size >= MAX_QIDS) return this.#classify(this.#unknown(typeId), true);
    const low = state.lowCategories.get(described.category);
    const same = state.qids.find((one) => one.log_source_type_id === typeId && one.name === described.name);
    const made =
      same ??
      createQid(state, {
        name: described.name,
        description: described.name,
        severity: low?.severity ?? 1,
        low_level_category_id: described.category,
        log_source_type_id: typeId,
      });
    if (!failed && !mapped) {
      const mapping = createMapping(state, {
        log_source_type_id: typeId,
        log_source_event_id: eventId,
        log_source_event_category: category,
        qid_record_id: made.id,
      });
      if (mapping) state.mappings.update(mapping.id, { custom_event: false });
    }
    return this.#classify(made, false);
  }

  #classify(qid: QidRecord, unknown: boolean): Classified {
    const low = this.#state.lowCategories.get(qid.low_level_category_id);
    return { qid, high: low?.high_level_category_id ?? 8000, unknown };
  }

  #unknown(typeId: number): QidRecord {
    const typeName = this.#state.logSourceTypes.get(typeId)?.name ?? 'Unknown';
    const name = `${typeName} Unknown Event`;
    return (
      this.#state.qids.find((one) => one.name === name) ??
      createQid(this.#state, {
        name,
        description: 'An event that no mapping knows',
        severity: 1,
        low_level_category_id: UNKNOWN_CATEGORY,
        log_source_type_id: typeId,
      })
    );
  }
}
