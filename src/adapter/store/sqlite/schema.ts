/** Marks the file as ours in its header: "Tlne". https://www.sqlite.org/fileformat2.html#database_header */
export const APPLICATION_ID = 0x546c6e65

/**
 * The tables, as numbered steps; `PRAGMA user_version` tells how many a file has. A step that was released never changes.
 *
 * Every table is append-ordered: what one commit writes lies together, so that few pages are written however much is stored.
 *
 * - `msg`: a message; `id` is the id of its first piece of work, `works` how many it has (ids follow one another by position).
 * - `mark`: per group commit the identity hashes of its messages, eight bytes per id from `first` on.
 * - `todo`: pending work only. Id order is lane order. `tenant` is a name, 0 for nobody's; only work of a tenant is in the index by tenants.
 * - `wait`: only for pending work that failed, waits, crashed, was replayed or has a journal. `body` is an edited body.
 * - `done`: finished work. `dead`: dead letters and quarantine, each with its own copy of its message.
 * - `trail`: what happened to a piece of work, saga steps included; those have a `position`.
 */
export const STEPS: readonly string[] = [
  `
CREATE TABLE name(id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE count(id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE msg(id INTEGER PRIMARY KEY, works INT NOT NULL, at INT NOT NULL, source INT NOT NULL, ext TEXT NOT NULL,
  type TEXT NOT NULL, attrs TEXT, body BLOB NOT NULL) STRICT;
CREATE TABLE mark(first INTEGER PRIMARY KEY, hashes BLOB NOT NULL) STRICT;
CREATE TABLE todo(id INTEGER PRIMARY KEY, msg INT NOT NULL, lane INT NOT NULL, flow INT NOT NULL, key TEXT NOT NULL,
  effect TEXT NOT NULL) STRICT;
CREATE TABLE wait(id INTEGER PRIMARY KEY, attempt INT NOT NULL, crashes INT NOT NULL, replays INT NOT NULL, journal INT NOT NULL,
  due INT NOT NULL, why TEXT, fault TEXT, body BLOB) STRICT;
CREATE TABLE done(id INTEGER PRIMARY KEY, msg INT NOT NULL, flow INT NOT NULL, key TEXT NOT NULL, effect TEXT NOT NULL,
  state INT NOT NULL, at INT NOT NULL, attempt INT NOT NULL, crashes INT NOT NULL, replays INT NOT NULL, why TEXT) STRICT;
CREATE TABLE dead(id INTEGER PRIMARY KEY, msg INT NOT NULL, lane INT NOT NULL, flow INT NOT NULL, key TEXT NOT NULL,
  effect TEXT NOT NULL, state INT NOT NULL, hold INT NOT NULL, at INT NOT NULL, attempt INT NOT NULL, crashes INT NOT NULL,
  replays INT NOT NULL, journal INT NOT NULL, why TEXT, fault TEXT NOT NULL, works INT NOT NULL, accepted INT NOT NULL,
  source INT NOT NULL, ext TEXT NOT NULL, type TEXT NOT NULL, attrs TEXT, body BLOB NOT NULL, edited INT NOT NULL) STRICT;
CREATE INDEX hold ON dead(lane, id) WHERE hold = 1;
CREATE TABLE trail(work INT NOT NULL, n INT NOT NULL, at INT NOT NULL, what TEXT NOT NULL, step TEXT, why TEXT, fault TEXT,
  position INT, result TEXT, owner TEXT, token INT, PRIMARY KEY(work, n)) STRICT, WITHOUT ROWID;
CREATE TABLE doc(key TEXT PRIMARY KEY, version INT NOT NULL, body TEXT NOT NULL, expires INT) STRICT, WITHOUT ROWID;
PRAGMA application_id = ${APPLICATION_ID};
`,
  `
ALTER TABLE todo ADD COLUMN tenant INT NOT NULL DEFAULT 0;
ALTER TABLE done ADD COLUMN tenant INT NOT NULL DEFAULT 0;
ALTER TABLE dead ADD COLUMN tenant INT NOT NULL DEFAULT 0;
CREATE INDEX tenant ON todo(flow, tenant) WHERE tenant > 0;
`,
]

/** States as stored. */
export const STATE = { delivered: 1, skipped: 2, discarded: 3, dead: 4, quarantined: 5 } as const
