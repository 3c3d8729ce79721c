-- Mail jobs are rows of agora.jobs unless Redis is configured. Only a database in which an earlier version created
-- BullMQ's tables may hold jobs there; they are drained before the entry goes.
DELETE FROM agora.job_stores WHERE named = 'postgres' AND to_regclass('bullmq.job') IS NULL;
