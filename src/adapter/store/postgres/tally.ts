/**
 * Adds the counters of these workers to the common ones, in one statement: their sum stays. Every transaction that counts locks the row of flow 0 of
 * its connection first, and so does this: nobody waits in a circle. $1 worker[]
 */
export const MERGE_TALLY: string = `WITH l AS MATERIALIZED
   (SELECT worker, slot, flow FROM S.tally WHERE worker = ANY($1::int[]) ORDER BY worker, slot, flow FOR UPDATE),
 d AS (DELETE FROM S.tally t USING l WHERE t.worker = l.worker AND t.slot = l.slot AND t.flow = l.flow RETURNING t.*)
  INSERT INTO S.tally AS y SELECT 0, 0, flow, sum(accepted), sum(duplicates), sum(delivered), sum(skipped), sum(discarded), sum(dead),
    sum(quarantined), sum(pending) FROM d GROUP BY flow ORDER BY flow
  ON CONFLICT (worker, slot, flow) DO UPDATE SET accepted = y.accepted + excluded.accepted, duplicates = y.duplicates + excluded.duplicates,
    delivered = y.delivered + excluded.delivered, skipped = y.skipped + excluded.skipped, discarded = y.discarded + excluded.discarded,
    dead = y.dead + excluded.dead, quarantined = y.quarantined + excluded.quarantined, pending = y.pending + excluded.pending`
