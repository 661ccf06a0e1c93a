/** The schema: the tree, the pages of objects, the neighbourhood, and what each says when it cannot. */
import type { AppState } from '../../shared/ipc.ts';
import type { SectionName } from '../../shared/ipc-schema.ts';
import type { Scene } from './scene.ts';
import { hostileTree, sections } from './schema-data.ts';

/** Keys that search for something and go to its line: schema and group stand before it. */
const find = (text: string): string[] => ['Control+k', ...text, 'Enter', 'ArrowDown', 'ArrowDown'];
const page = (text = 'orders') => [...find(`shop.${text}`), 'Enter'];
const denied = (name: SectionName, code: string, message: string) => ({
  [name]: { code, message, hint: code === 'object_gone' ? 'It was dropped, or made anew under the same name.' : null },
});
const lost = 'It is not in the database any more.';

export const schemaScenes = (state: AppState): Readonly<Record<string, Scene>> => ({
  'schema-tree': {
    state,
    keys: ['Control+k', 'Enter', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowRight', 'End', 'ArrowUp', 'ArrowRight'],
    shows: '.tree-line.item',
  },
  'schema-search': { state, keys: ['Control+k', ...'button'], shows: '.tree-line.column' },
  'schema-menu': { state, keys: [...find('shop.orders'), 'Shift+F10'], shows: '.context-menu' },
  'schema-hostile': {
    state,
    catalog: {
      tree: hostileTree,
      sections: {
        overview: {
          ...sections.overview,
          name: hostileTree.relations[0]?.name ?? '',
          comment: '<b>not bold</b>\u202e',
        },
      },
    },
    keys: ['Control+k', 'Enter', 'ArrowDown', 'ArrowDown', 'Enter'],
    shows: '.facts',
  },
  page: { state, keys: page(), shows: '.facts' },
  'page-keys': { state, keys: page(), press: ['Keys and checks'], shows: '.facts .link' },
  'page-indexes': { state, keys: page(), press: ['Indexes'], shows: '.facts .chip.danger' },
  'page-empty': { state, keys: page(), press: ['Triggers'], shows: '.section-words' },
  'page-dependencies': { state, keys: page(), press: ['Dependencies'], shows: '.facts .link' },
  'page-definition': { state, keys: page(), press: ['Definition'], shows: '.definition pre' },
  'page-diagram': { state, keys: page(), press: ['Neighbourhood'], shows: '.er-box' },
  'page-diagram-list': { state, keys: page(), press: ['Neighbourhood', 'List'], shows: '.near-list' },
  'page-sample': { state, keys: page(), press: ['Show first 100 rows'], shows: '.grid-row' },
  'page-loading': { state, keys: page(), catalog: { slow: 'columns' }, shows: '.section-words .spinner' },
  'page-denied': {
    state,
    keys: page(),
    catalog: { refuse: denied('columns', '42501', 'permission denied for table pg_attribute') },
    shows: '.section-problem',
  },
  'page-gone': {
    state,
    keys: page(),
    catalog: { refuse: denied('overview', 'object_gone', lost) },
    shows: '.section-problem',
  },
  'page-type': { state, keys: [...find('order_status'), 'Enter'], shows: '.type-used' },
  'page-function': { state, keys: [...find('order_total'), 'Enter'], shows: '.definition pre' },
});
