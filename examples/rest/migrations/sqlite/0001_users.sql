-- AUTOINCREMENT: an id is never given twice, so no entity tag can fit two users.
CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    version BIGINT NOT NULL DEFAULT 1
);
