#!/usr/bin/env bash
# Runs once in a new Postgres: the role that owns the tables, and the application's, which owns nothing.
set -eu
psql -v ON_ERROR_STOP=1 -U postgres -v owner="$OWNER_PASSWORD" -v app="$APP_PASSWORD" <<'SQL'
CREATE ROLE lectern_owner LOGIN PASSWORD :'owner';
CREATE ROLE lectern_app LOGIN PASSWORD :'app';
CREATE DATABASE lectern OWNER lectern_owner;
SQL
