//! Migrations: there and back again, once on many nodes, and in step with `schema.rs`.

use crate::db::{TestDb, on_both};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use mainstay::infra::db::{Conn, Store};
use std::collections::BTreeMap;

#[derive(QueryableByName, Debug)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Everything that the migrations made, a line each, sorted.
fn schema_dump(conn: &mut Conn) -> Vec<String> {
    let query = match conn {
        Conn::Sqlite(_) => "select type || ' ' || name || ': ' || coalesce(sql, '') as line from sqlite_master",
        Conn::Postgres(_) => "
            select format('column %s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                     pg_get_expr(d.adbin, d.adrelid)) as line
              from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
              where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
            union all select format('options %s %s', relname, reloptions) from pg_class
              where relnamespace = 'public'::regnamespace and relkind = 'r'
            union all select indexdef from pg_indexes where schemaname = 'public'
            union all select format('%s on %s: %s', conname, conrelid::regclass, pg_get_constraintdef(oid)) from pg_constraint
              where connamespace = 'public'::regnamespace
            union all select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
            union all select pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace",
    };
    let rows: Vec<Line> = diesel::sql_query(query).load(conn).unwrap();
    let mut lines: Vec<String> = rows.into_iter().map(|row| row.line).collect();
    lines.sort();
    lines
}

async fn dump(store: &Store) -> Vec<String> {
    store.read(|conn| Ok(schema_dump(conn))).await.unwrap()
}

#[derive(QueryableByName, Debug)]
struct Column {
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

/// Table to its columns, each `name type` or `name type null`, as the database has them.
fn columns(conn: &mut Conn) -> BTreeMap<String, Vec<String>> {
    let query = match conn {
        Conn::Sqlite(_) => {
            "select m.name as owner, c.name as name, lower(c.type) as kind, c.\"notnull\" = 0 as nullable
            from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' order by m.name, c.cid"
        }
        Conn::Postgres(_) => {
            "select c.relname::text as owner, a.attname::text as name,
              format_type(a.atttypid, null) as kind, not a.attnotnull as nullable
            from pg_attribute a join pg_class c on c.oid = a.attrelid
            where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
            order by c.relname, a.attnum"
        }
    };
    let rows: Vec<Column> = diesel::sql_query(query).load(conn).unwrap();
    let mut tables = BTreeMap::<String, Vec<String>>::new();
    for row in rows.into_iter().filter(|row| row.owner != "__diesel_schema_migrations") {
        let kind = if row.kind == "timestamp with time zone" { "timestamptz" } else { &row.kind };
        let null = if row.nullable { " null" } else { "" };
        tables.entry(row.owner).or_default().push(format!("{} {kind}{null}", row.name));
    }
    tables
}

/// The same as `schema.rs` and its parts declare it.
fn declared() -> BTreeMap<String, Vec<String>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/infra/db");
    let parts = std::fs::read_dir(folder.join("schema")).unwrap().map(|part| part.unwrap().path());
    let source: String =
        parts.chain([folder.join("schema.rs")]).map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let mut tables = BTreeMap::new();
    for body in source.split("\ntable! {").skip(1) {
        let body = body.split("\n}").next().unwrap();
        let mut lines =
            body.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//") && *line != "}");
        let head = lines.next().unwrap();
        let table = head.split_whitespace().next().unwrap();
        let columns = lines.map(|line| {
            let (name, kind) = line.trim_end_matches(',').split_once(" -> ").unwrap_or_else(|| panic!("{line}"));
            let inner = kind.strip_prefix("Nullable<").and_then(|kind| kind.strip_suffix('>'));
            let sql = match inner.unwrap_or(kind) {
                "Id" => "uuid",
                "Ts" => "timestamptz",
                "Doc" => "jsonb",
                "Text" => "text",
                "Bool" => "boolean",
                "SmallInt" => "smallint",
                "Integer" => "integer",
                "BigInt" => "bigint",
                "Double" => "double precision",
                "Date" => "date",
                other => panic!("{table}.{name}: how is {other} written in SQL?"),
            };
            format!("{} {sql}{}", name.trim_matches('"'), if inner.is_some() { " null" } else { "" })
        });
        tables.insert(table.to_owned(), columns.collect());
    }
    tables
}

on_both! {
    async fn up_down_up_ends_where_it_began(db: TestDb) {
        let there = dump(&db.store).await;
        assert!(there.iter().any(|line| line.contains("jobs_attempts_check")), "{there:#?}");
        assert_eq!(db.store.pending().await.unwrap(), Vec::<String>::new());
        assert_eq!(db.store.migrate().await.unwrap(), Vec::<String>::new());
        let mut reverted = db.store.revert_all().await.unwrap();
        let bare = dump(&db.store).await;
        assert!(bare.iter().all(|line| line.contains("__diesel_schema_migrations")), "{bare:#?}");
        let pending = db.store.pending().await.unwrap();
        let again = db.store.migrate().await.unwrap();
        assert!(again.contains(&"20261122000000_create_foundation".to_owned()), "{again:?}");
        reverted.reverse();
        assert_eq!((&reverted, &pending), (&again, &again));
        assert_eq!(dump(&db.store).await, there);
    }

    async fn the_schema_is_declared_as_it_is(db: TestDb) {
        let mut have = db.store.read(|conn| Ok(columns(conn))).await.unwrap();
        let mut want = declared();
        // An order of columns that `alter table` has changed is no difference: diesel names them.
        have.values_mut().chain(want.values_mut()).for_each(|columns| columns.sort());
        assert_eq!(have, want);
    }

    async fn nodes_that_start_together_migrate_once(db: TestDb) {
        let there = dump(&db.store).await;
        let all = db.store.revert_all().await.unwrap().len();
        let mut nodes = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let url = db.url.clone();
            nodes.spawn(async move {
                let store = Store::open(&url, 1).unwrap();
                store.migrate().await.unwrap().len()
            });
        }
        let mut applied = nodes.join_all().await;
        applied.sort_unstable();
        assert_eq!(applied, [0, 0, 0, all]);
        assert_eq!(dump(&db.store).await, there);
    }

    async fn a_database_never_migrated_lacks_everything_and_is_not_touched_by_asking(db: TestDb) {
        db.store.revert_all().await.unwrap();
        db.store.write(|conn| Ok(conn.batch_execute("drop table __diesel_schema_migrations")?)).await.unwrap();
        let pending = db.store.pending().await.unwrap();
        assert_eq!(dump(&db.store).await, Vec::<String>::new());
        assert_eq!(db.store.migrate().await.unwrap(), pending);
    }
}

/// Each rule has a name, since SQLite's error for a nameless one is its text; and keys are never null, which SQLite takes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn checks_are_named_and_keys_not_null() {
    let db = TestDb::sqlite();
    let lines = dump(&db.store).await;
    for line in lines.iter().filter(|line| line.starts_with("table ") && !line.contains("__diesel_schema_migrations")) {
        let sql = line.to_lowercase();
        let checks = sql.matches("check (").count() + sql.matches("check(").count();
        let named = sql
            .split("constraint ")
            .skip(1)
            .filter(|rest| rest.split_whitespace().nth(1).is_some_and(|word| word.starts_with("check")))
            .count();
        assert_eq!(named, checks, "a CHECK without a name: {line}");
        for key in
            sql.lines().filter(|line| line.contains(" primary key") && !line.trim_start().starts_with("primary key"))
        {
            assert!(key.contains("primary key not null") || key.contains("not null primary key"), "{key}");
        }
    }
}
