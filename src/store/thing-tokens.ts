import type { ThingTokens } from '../features/pushed-rows.ts';
import { TextInterner } from './intern-text.ts';
import type { RecordsFile } from './open-records.ts';
import { createRecordSink } from './record-sink.ts';
import { findVerb, placeResource } from './scope-and-verb.ts';
import type { Tokenizer } from './tokenizer.ts';

/**
 * Tokens of things that QRadar names, the same that activities would carry. Made for one window of arrivals and dropped
 * with it: deleting texts in between cannot leave it believing that they are still there.
 */
export function openThingTokens(file: RecordsFile, tokenizer: Tokenizer): ThingTokens {
  const interner = new TextInterner(tokenizer);
  const sink = createRecordSink(file);
  return {
    account: (domain, account) => interner.actor(domain, account, ''),
    thing(form, domain, text) {
      switch (form) {
        case 'host':
          return interner.text('host', text);
        case 'path':
          return interner.text('scope', placeResource(text, 'file').scope);
        case 'object':
          return interner.text('scope', placeResource(text, 'datastore').scope);
        case 'web_host':
          return interner.text('scope', placeResource(text, 'web').scope);
        case 'program':
          return interner.text('verb', findVerb('', text));
        case 'recipients':
          return interner.text('resource', text);
        case 'account':
          return interner.account(domain, text);
      }
    },
    async flush() {
      sink.write(interner.takeNews());
    },
  };
}
