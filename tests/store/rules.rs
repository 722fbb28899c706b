//! Broken rules are told alike by both databases.

use crate::db::{TestDb, on_both};
use crate::ids;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use mainstay::infra::db::{Conn, Violation, ViolationKind, unique_violation_on, violation};
use mainstay::kernel::{AccountId, Error, ProjectId, Result};

mod tables {
    diesel::table! {
        use diesel::sql_types::*;
        use mainstay::infra::db::sql::Id;
        parents (id) { id -> Id, name -> Text, place -> Text, email -> Nullable<Text>, nick -> Nullable<Text>, }
    }
    diesel::table! {
        use diesel::sql_types::*;
        use mainstay::infra::db::sql::Id;
        children (id) { id -> Id, parent_id -> Id, }
    }
}
use tables::{children, parents};

const TABLES: &str = "
    create table parents (
      id uuid primary key not null, name text not null, place text not null, email text, nick text,
      constraint parents_name_check check (name <> 'bad'),
      constraint parents_once unique (place, name)
    );
    create unique index parents_email on parents (email) where email is not null;
    create unique index parents_folded on parents (lower(nick));
    create table children (id uuid primary key not null, parent_id uuid not null references parents on delete restrict);";

async fn broken(db: &TestDb, f: impl Fn(&mut Conn) -> Result<()> + Send + 'static) -> Error {
    db.store.write(move |conn| f(conn)).await.unwrap_err()
}

fn insert(conn: &mut Conn, id: AccountId, name: &str, place: &str, email: Option<&str>) -> Result<()> {
    diesel::insert_into(parents::table)
        .values((parents::id.eq(id), parents::name.eq(name), parents::place.eq(place), parents::email.eq(email)))
        .execute(conn)?;
    Ok(())
}

fn unique(table: &str, columns: &[&str]) -> Violation {
    let columns = columns.iter().map(ToString::to_string).collect();
    Violation { kind: ViolationKind::Unique, table: Some(table.into()), columns, constraint: None }
}

fn named(kind: ViolationKind, name: Option<&str>) -> Violation {
    Violation { kind, table: None, columns: Vec::new(), constraint: name.map(str::to_owned) }
}

on_both! {
    async fn every_rule_has_one_name(db: TestDb) {
        let ids = ids();
        let (ada, other): (AccountId, AccountId) = (ids.make(), ids.make());
        db.store.write(move |conn| {
            conn.batch_execute(TABLES)?;
            insert(conn, ada, "ada", "(here)=(there)", Some("a@example.org"))
        }).await.unwrap();

        let error = broken(&db, move |conn| insert(conn, ada, "x", "y", None)).await;
        assert_eq!(violation(&error), Some(unique("parents", &["id"])));
        let error = broken(&db, move |conn| insert(conn, other, "x", "y", Some("a@example.org"))).await;
        assert_eq!(violation(&error), Some(unique("parents", &["email"])));
        assert!(unique_violation_on(&error, "parents", "email"));
        assert!(!unique_violation_on(&error, "parents", "name") && !unique_violation_on(&error, "children", "email"));
        let error = broken(&db, move |conn| insert(conn, other, "ada", "(here)=(there)", None)).await;
        assert_eq!(violation(&error), Some(unique("parents", &["place", "name"])));
        assert!(unique_violation_on(&error, "parents", "place, name"));
        assert!(!unique_violation_on(&error, "parents", "place"));
        let error = broken(&db, move |conn| {
            insert(conn, other, "x", "y", None)?;
            for (id, nick) in [(ada, "Ada"), (other, "ADA")] {
                diesel::update(parents::table.find(id)).set(parents::nick.eq(nick)).execute(conn)?;
            }
            Ok(())
        }).await;
        assert_eq!(violation(&error), Some(named(ViolationKind::Unique, Some("parents_folded"))));
        let error = broken(&db, move |conn| insert(conn, other, "bad", "y", None)).await;
        assert_eq!(violation(&error), Some(named(ViolationKind::Check, Some("parents_name_check"))));
        let error = broken(&db, |conn| {
            let null = parents::name.eq(diesel::dsl::sql::<diesel::sql_types::Text>("null"));
            diesel::update(parents::table).set(null).execute(conn)?;
            Ok(())
        }).await;
        let not_null = Violation { kind: ViolationKind::NotNull, ..unique("parents", &["name"]) };
        assert_eq!(violation(&error), Some(not_null));
        assert_eq!(error.code(), "internal");
    }

    async fn foreign_keys_hold_both_ways(db: TestDb) {
        let ids = ids();
        let (parent, stranger, child): (AccountId, AccountId, ProjectId) = (ids.make(), ids.make(), ids.make());
        db.store.write(move |conn| {
            conn.batch_execute(TABLES)?;
            insert(conn, parent, "ada", "here", None)?;
            diesel::insert_into(children::table).values((children::id.eq(child), children::parent_id.eq(parent))).execute(conn)?;
            Ok(())
        }).await.unwrap();
        let error = broken(&db, move |conn| {
            diesel::update(children::table.find(child)).set(children::parent_id.eq(stranger)).execute(conn)?;
            Ok(())
        }).await;
        assert_eq!(violation(&error), Some(named(ViolationKind::ForeignKey, None)));
        let error = broken(&db, move |conn| {
            diesel::delete(parents::table.find(parent)).execute(conn)?;
            Ok(())
        }).await;
        assert_eq!(violation(&error), Some(named(ViolationKind::ForeignKey, None)));
    }

    async fn other_failures_are_no_violations(db: TestDb) {
        let error = broken(&db, |conn| Ok(conn.batch_execute("select * from nowhere")?)).await;
        assert_eq!(violation(&error), None);
        assert_eq!(violation(&Error::internal("something else")), None);
    }
}
