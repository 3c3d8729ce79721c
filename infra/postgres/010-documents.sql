-- Read models. A generation is one build of a read model: its documents are in read.<name>_g<generation>.
-- read.<name> gives Agora the documents of the live generation, public.<name> gives them to people, column by column.

CREATE SCHEMA read;

-- Half of each page stays free, so that a position moves within its page and no index is touched.
CREATE TABLE agora.generations (
  name text COLLATE "C" NOT NULL,
  generation integer NOT NULL,
  version integer NOT NULL,
  -- The number of a generation that was dropped is not given again: whoever still runs it must not meet another.
  status text NOT NULL CHECK (status IN ('building', 'live', 'retired', 'dropped')),
  position bigint NOT NULL DEFAULT 0,
  started_at timestamptz NOT NULL DEFAULT now(),
  published_at timestamptz,
  comparison jsonb,
  PRIMARY KEY (name, generation)
) WITH (fillfactor = 50);

CREATE UNIQUE INDEX generations_live ON agora.generations (name) WHERE status = 'live';

-- What a document's fields look like to people. A value that does not fit is NULL: one odd document must not make the
-- others unreadable.

CREATE FUNCTION read.as_uuid(value text) RETURNS uuid IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
  SELECT CASE WHEN value ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN value::uuid END
$$;

CREATE FUNCTION read.as_bigint(value jsonb) RETURNS bigint IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
  SELECT CASE WHEN jsonb_typeof(value) = 'number' THEN
    CASE WHEN abs(value::numeric) < 9e18 THEN value::bigint END END
$$;

CREATE FUNCTION read.as_double(value jsonb) RETURNS double precision IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
  SELECT CASE WHEN jsonb_typeof(value) = 'number' THEN value::double precision END
$$;

CREATE FUNCTION read.as_boolean(value jsonb) RETURNS boolean IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
  SELECT CASE WHEN jsonb_typeof(value) = 'boolean' THEN value::boolean END
$$;

-- Minor units as a decimal amount.
CREATE FUNCTION read.as_money(value jsonb) RETURNS numeric IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
  SELECT CASE WHEN jsonb_typeof(value) = 'number' THEN
    CASE WHEN abs(value::numeric) < 1e12 THEN round(value::numeric / 100, 2) END END
$$;

-- Only trying tells whether a text is a moment; a block that catches errors cannot run in parallel workers.
CREATE FUNCTION read.as_timestamptz(value text) RETURNS timestamptz STABLE STRICT PARALLEL RESTRICTED
LANGUAGE plpgsql AS $$
BEGIN
  RETURN value::timestamptz;
EXCEPTION WHEN data_exception THEN
  RETURN NULL;
END
$$;
