-- Which streams a log has that cannot list them itself (EventStoreDB), and how long they are.

CREATE TABLE agora.stream_index (
  stream     text        COLLATE "C" PRIMARY KEY,
  category   text        COLLATE "C" NOT NULL GENERATED ALWAYS AS (split_part(stream, '-', 1)) STORED,
  events     integer     NOT NULL,
  started_at timestamptz NOT NULL,
  position   bigint      NOT NULL
);

-- Lists streams, of a category or all of them, oldest first.
CREATE INDEX stream_index_of_category ON agora.stream_index (category, position);
CREATE INDEX stream_index_oldest_first ON agora.stream_index (position);

-- Up to where the log has been counted. Whoever counts moves it on in the same transaction, from where they believe it
-- to be: the same events are never counted twice.
CREATE TABLE agora.stream_index_position (
  one      boolean PRIMARY KEY DEFAULT true CHECK (one),
  position bigint  NOT NULL
);
INSERT INTO agora.stream_index_position (position) VALUES (0);
