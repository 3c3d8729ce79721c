-- Which sagas and jobs read which events, over all versions of Agora that have run here; reader '*' is the catalogue. By
-- it, an older process that meets an event it does not know can tell whether a newer version of a saga waits for it.
CREATE TABLE agora.event_readers (
  reader text NOT NULL,
  type   text NOT NULL,
  PRIMARY KEY (reader, type)
);
