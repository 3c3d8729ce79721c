-- Minor units as a decimal amount, with as many digits as the currency's minor unit has.
CREATE FUNCTION read.as_money(value jsonb, digits integer) RETURNS numeric
IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
  SELECT CASE WHEN jsonb_typeof(value) = 'number' THEN
    CASE WHEN abs(value::numeric) < 1e12
      THEN round(value::numeric / 10::numeric ^ digits, digits) END END
$$;
