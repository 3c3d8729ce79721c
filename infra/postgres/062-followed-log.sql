-- Which log the read models, sagas and jobs here have followed: events that are in it, by which it is known again.
CREATE TABLE agora.followed_log (
  -- 'first' event and the 'last' one that was there when it was looked at.
  place    text    PRIMARY KEY CHECK (place IN ('first', 'last')),
  stream   text    COLLATE "C" NOT NULL,
  revision integer NOT NULL,
  event_id uuid    NOT NULL,
  position bigint  NOT NULL,
  -- Where the log was, for people; never with a password.
  named    text    NOT NULL
);
