-- readable from: 10
-- What live answers tell of questions and players. Of questions: sums and nothing of persons, in home 0 for all servers.

CREATE TABLE lessons (                  -- answers of closed rounds from which nothing was learnt yet
    home_id   INTEGER NOT NULL,         -- the guild; of a game played alone, its player
    round_id  INTEGER NOT NULL,
    player_id INTEGER NOT NULL,         -- 0: all who had answered at the close; else whose answer was heard after it
    PRIMARY KEY (home_id, round_id, player_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE items (                    -- a question by its words, in one form of answering
    home_id       INTEGER NOT NULL,
    item          TEXT NOT NULL,        -- of the words, without topic, difficulty and id
    form          TEXT NOT NULL,
    question_id   TEXT NOT NULL,        -- the last one that had these words
    ratings       REAL NOT NULL,        -- the sum of players' ratings before their answers,
    known         REAL NOT NULL,        --   the same without new players,
    known_squares REAL NOT NULL,
    known_right   REAL NOT NULL,        --   and of those of them who were right
    timed         INTEGER NOT NULL,
    log_seconds   REAL NOT NULL,
    level         INTEGER,              -- the difficulty that players are shown, once it was measured
    level_before  INTEGER,              -- what they were shown before `level_at`
    level_at      INTEGER,
    PRIMARY KEY (home_id, item, form)
) STRICT, WITHOUT ROWID;

CREATE TABLE item_shares (              -- right answers by kind of player: new, weak, middle, strong
    home_id INTEGER NOT NULL,
    item    TEXT NOT NULL,
    form    TEXT NOT NULL,
    player  TEXT NOT NULL,
    answers INTEGER NOT NULL,
    hits    INTEGER NOT NULL,
    PRIMARY KEY (home_id, item, form, player)
) STRICT, WITHOUT ROWID;

CREATE TABLE item_options (             -- who takes which option, counted as the bank has them: the right ones first
    home_id INTEGER NOT NULL,
    item    TEXT NOT NULL,
    form    TEXT NOT NULL,
    place   INTEGER NOT NULL,
    chosen  INTEGER NOT NULL,
    strong  INTEGER NOT NULL,           -- of these, by strong players
    PRIMARY KEY (home_id, item, form, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE ratings (                  -- how strong a player is in a server, or alone; shown to nobody
    home_id   INTEGER NOT NULL,
    player_id INTEGER NOT NULL,
    topic     TEXT NOT NULL,            -- '': all together
    mean      REAL NOT NULL,
    spread    REAL NOT NULL,
    answers   INTEGER NOT NULL,
    PRIMARY KEY (home_id, player_id, topic)
) STRICT, WITHOUT ROWID;

CREATE INDEX ratings_by_player ON ratings (player_id);

CREATE TABLE reports (                  -- what people say is wrong with a question or a fact
    home_id     INTEGER NOT NULL,       -- whoever reports it
    about       TEXT NOT NULL,          -- the question's id, or the fact's
    item        TEXT NOT NULL,          -- its words, as in `items`: what was mended may be reported anew
    reason      TEXT NOT NULL,
    note        TEXT NOT NULL,
    reported_at INTEGER NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('open', 'resolved')),
    outcome     TEXT,
    answer      TEXT,                   -- the operator's words
    resolved_at INTEGER,
    telling     TEXT NOT NULL DEFAULT 'none' -- of the outcome: none, due, refused (then with the next command), told
        CHECK (telling IN ('none', 'due', 'refused', 'told')),
    PRIMARY KEY (home_id, about, item)
) STRICT, WITHOUT ROWID;

CREATE INDEX reports_open ON reports (about, reported_at) WHERE state = 'open';
CREATE INDEX reports_to_tell ON reports (home_id) WHERE telling IN ('due', 'refused');
