-- The store of the bytes of files, and the earlier one as long as some may be there. One row, made by the first process that starts.
CREATE TABLE agora.blob_store (
  one     boolean PRIMARY KEY DEFAULT true CHECK (one),
  -- Names such as `disk`, `s3:bucket`.
  current text NOT NULL,
  before  text
);
