-- readable from: 14
-- What a server's daily posts show: which way up the Moon is, and whether a question stands below the fact.

ALTER TABLE guilds ADD COLUMN hemisphere TEXT;                         -- 'north' or 'south'; NULL: as the time zone says
ALTER TABLE guilds ADD COLUMN asks_daily INTEGER NOT NULL DEFAULT 1;   -- 0: its daily posts ask no question

-- The question that stands below a day's fact. A post by hand has none.
CREATE TABLE day_questions (
    home_id      INTEGER NOT NULL,      -- the server
    post_id      INTEGER NOT NULL,      -- the daily post that asks it
    schedule_id  INTEGER NOT NULL,
    channel_id   INTEGER NOT NULL,
    local_date   TEXT    NOT NULL,
    question     INTEGER,               -- its hash in `questions`; NULL: this post asks nothing, and only tells
    option_order TEXT    NOT NULL,      -- a letter an option, counted from '0': the key; '1' is the first distractor
    topic        TEXT    NOT NULL,      -- of the question
    asked_at     INTEGER NOT NULL,      -- when it was drawn
    closes_at    INTEGER NOT NULL,      -- by Discord's clock; no press after it counts
    told_id      INTEGER,               -- the post whose question this one tells the answer of
    message_id   INTEGER,               -- once it is known that the post is in its channel
    show_at      INTEGER,               -- when the message is to show the answer in place of the buttons; NULL: it does
    PRIMARY KEY (home_id, post_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX day_questions_of_schedule ON day_questions (home_id, schedule_id, asked_at);
CREATE INDEX day_questions_to_show ON day_questions (show_at) WHERE show_at IS NOT NULL;
CREATE INDEX day_questions_by_age ON day_questions (asked_at);

CREATE TABLE day_answers (
    home_id   INTEGER NOT NULL,
    post_id   INTEGER NOT NULL,
    player_id INTEGER NOT NULL,
    option    INTEGER NOT NULL,         -- its place in the order shown, from 0
    at        INTEGER NOT NULL,
    days      INTEGER NOT NULL,         -- of how many questions of the schedule in a row this is an answer
    PRIMARY KEY (home_id, post_id, player_id) -- the first press stands
) STRICT, WITHOUT ROWID;

CREATE INDEX day_answers_by_player ON day_answers (player_id);
