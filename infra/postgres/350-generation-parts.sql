-- Parts of generations that are folded by several runners (docs/decisions/099). The position of such a generation is
-- NULL: the least position of its parts counts, and a process that does not know of parts cannot move it.

ALTER TABLE agora.generations ALTER COLUMN position DROP NOT NULL;

-- A runner writes as long as the epoch of its part is the one that it began with.
CREATE SEQUENCE agora.part_epochs;

CREATE TABLE agora.generation_parts (
  name text COLLATE "C" NOT NULL,
  generation integer NOT NULL,
  part integer NOT NULL,
  parts integer NOT NULL,
  epoch bigint NOT NULL,
  -- The process that runs the read model takes the parts together: no runner begins.
  is_held boolean NOT NULL DEFAULT false,
  position bigint NOT NULL,
  PRIMARY KEY (name, generation, part),
  FOREIGN KEY (name, generation) REFERENCES agora.generations
) WITH (fillfactor = 50);
