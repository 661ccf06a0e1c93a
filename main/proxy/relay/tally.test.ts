import { describe, expect, it } from 'vitest';
import { classify } from '../../../shared/sql/index.ts';
import type { TransactionStatus } from '../wire/messages.ts';
import { Operation, type Result } from './operation.ts';
import { TallyKeeper } from './tally.ts';

/** One connection on which texts are run, as the server answers them. */
function connection() {
  const keeper = new TallyKeeper();
  const account = keeper.account();
  return {
    keeper,
    account,
    run(text: string, tags: readonly string[], status: TransactionStatus, result: Result = 'ok') {
      const operation = new Operation({ intent: 'i', op: 'query', text, classified: classify(text) });
      for (const tag of tags) operation.command(tag);
      account.settled(operation, result, 'user');
      account.status(status);
    },
    fates: () => keeper.read().fates,
  };
}

describe('what becomes of changed rows', () => {
  it('is committed where each statement commits itself', () => {
    const { run, fates } = connection();
    run('update a set b = 1', ['UPDATE 37'], 'idle');
    run('select 1', ['SELECT 1'], 'idle');
    expect(fates()).toEqual({ committed: 37, rolled_back: 0, unknown: 0 });
  });
  it('waits for the end of the transaction', () => {
    const { run, fates } = connection();
    run('begin', ['BEGIN'], 'transaction');
    run('update a set b = 1', ['UPDATE 3'], 'transaction');
    expect(fates()).toEqual({ committed: 0, rolled_back: 0, unknown: 0 });
    run('commit', ['COMMIT'], 'idle');
    expect(fates()).toEqual({ committed: 3, rolled_back: 0, unknown: 0 });
    run('begin', ['BEGIN'], 'transaction');
    run('delete from a', ['DELETE 4'], 'transaction');
    run('rollback', ['ROLLBACK'], 'idle');
    run('insert into a values (1)', ['INSERT 0 1'], 'idle');
    expect(fates()).toEqual({ committed: 4, rolled_back: 4, unknown: 0 });
  });
  it('is rolled back where a COMMIT of a failed transaction is answered with ROLLBACK', () => {
    const { run, fates } = connection();
    run('begin', ['BEGIN'], 'transaction');
    run('update a set b = 1', ['UPDATE 3'], 'transaction');
    run('selct', [], 'failed', 'error');
    run('commit', ['ROLLBACK'], 'idle');
    expect(fates()).toEqual({ committed: 0, rolled_back: 3, unknown: 0 });
  });
  it('is rolled back where the connection ends in the middle, and not known where nobody heard the answer', () => {
    const one = connection();
    one.run('begin; update a set b = 1', ['BEGIN', 'UPDATE 3'], 'transaction');
    one.account.closed();
    expect(one.fates()).toEqual({ committed: 0, rolled_back: 3, unknown: 0 });
    const two = connection();
    two.run('begin; update a set b = 1', ['BEGIN', 'UPDATE 3'], 'transaction');
    two.run('commit', [], 'transaction', 'unknown');
    two.account.closed();
    expect(two.fates()).toEqual({ committed: 0, rolled_back: 0, unknown: 3 });
  });
  it('is not known where a savepoint undid a part', () => {
    const { run, fates } = connection();
    run('begin', ['BEGIN'], 'transaction');
    run('savepoint s', ['SAVEPOINT'], 'transaction');
    run('update a set b = 1', ['UPDATE 3'], 'transaction');
    run('rollback to s', ['ROLLBACK'], 'transaction');
    run('commit', ['COMMIT'], 'idle');
    expect(fates()).toEqual({ committed: 0, rolled_back: 0, unknown: 3 });
  });
});

it('names every table once, sorted', () => {
  const { run, keeper } = connection();
  run('select * from shop.orders o join shop.customers c on true', ['SELECT 1'], 'idle');
  run('update shop.orders set a = 1', ['UPDATE 1'], 'idle');
  expect(keeper.read().tables).toEqual(['shop.customers', 'shop.orders']);
});
