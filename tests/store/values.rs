//! What is written is what is read.

use crate::db::on_both;
use crate::{at, ids};
use diesel::prelude::*;
use mainstay::infra::db::schema::{changes, idempotency_keys, jobs};
use mainstay::infra::db::sql::Json;
use mainstay::infra::db::{BothExt as _, columns};
use mainstay::kernel::{EntityId, JobId, Timestamp};
use serde_json::{Value, json};

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = jobs, treat_none_as_default_value = false)]
struct Row {
    id: JobId,
    kind: String,
    payload: Json<Value>,
    unique_key: Option<String>,
    attempts: i32,
    run_at: Timestamp,
    leased_until: Option<Timestamp>,
    created_at: Timestamp,
}

fn row(payload: Value) -> Row {
    Row {
        id: ids().make(),
        kind: "Größe 日本 👍 %_'\"".into(),
        payload: Json(payload),
        unique_key: None,
        attempts: i32::MAX,
        run_at: at(1_763_800_000_123_457),
        leased_until: Some(at(-1)),
        created_at: at(-9_000_000_000_000_001),
    }
}

on_both! {
    async fn rows_come_back_as_they_went(db: TestDb) {
        let ids = ids();
        let payload = json!({"a": [1, 2.5, -0.25, null, true, {"b": "ü\n\\u0000"}], "n": i64::MAX});
        let rows = [
            row(payload),
            Row { id: ids.make(), leased_until: None, unique_key: Some(String::new()), ..row(json!([])) },
            Row { id: ids.make(), ..row(json!("text")) },
            Row { id: ids.make(), ..row(json!(12_345_678_901_234_567_i64)) },
            Row { id: ids.make(), ..row(Value::Null) },
        ];
        for row in rows {
            let (wrote, want) = (row.clone(), row);
            let back = db.store.write(move |conn| {
                Ok(diesel::insert_into(jobs::table).values(&wrote).returning(columns::<Row>()).get_result::<Row>(conn)?)
            });
            assert_eq!(back.await.unwrap(), want);
            let id = want.id;
            let found = db.store.read(move |conn| Ok(jobs::table.find(id).select(Row::as_select()).first(conn)?));
            assert_eq!(found.await.unwrap(), want);
            let plain = db.store.read(move |conn| Ok(jobs::table.find(id).select(jobs::id).first::<uuid::Uuid>(conn)?));
            assert_eq!(plain.await.unwrap(), id.0);
        }
    }

    async fn instants_and_ids_compare_in_the_database(db: TestDb) {
        let ids = ids();
        let rows: Vec<Row> = (0..5)
            .map(|n| Row { id: ids.make(), run_at: at(n), leased_until: (n > 2).then(|| at(n)), ..row(json!({})) })
            .collect();
        let third = rows[2].id;
        let (before, after, leased, newest) = db
            .store
            .write(move |conn| {
                for row in &rows {
                    diesel::insert_into(jobs::table).values(row).execute(conn)?;
                }
                let count = jobs::table.count();
                Ok((
                    count.filter(jobs::run_at.lt(at(2))).get_result::<i64>(conn)?,
                    count.filter(jobs::id.gt(third)).get_result::<i64>(conn)?,
                    count.filter(jobs::leased_until.ge(at(4))).get_result::<i64>(conn)?,
                    jobs::table.select(diesel::dsl::max(jobs::run_at)).first::<Option<Timestamp>>(conn)?,
                ))
            })
            .await
            .unwrap();
        assert_eq!((before, after, leased, newest), (2, 2, 1, Some(at(4))));
    }

    async fn an_upsert_is_written_once_for_both(db: TestDb) {
        let first = Row { unique_key: Some("k".into()), ..row(json!(1)) };
        let second = Row { id: ids().make(), run_at: at(77), payload: Json(json!(2)), ..first.clone() };
        let kept = first.id;
        let found = db.store.write(move |conn| {
            for row in [&first, &second] {
                diesel::insert_into(jobs::table)
                    .values(row)
                    .on_conflict(jobs::unique_key)
                    .do_update()
                    .set((jobs::run_at.eq(diesel::upsert::excluded(jobs::run_at)), jobs::payload.eq(&row.payload)))
                    .both()
                    .execute(conn)?;
            }
            Ok(jobs::table.select(Row::as_select()).load(conn)?)
        });
        let found = found.await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].id, found[0].run_at, &found[0].payload), (kept, at(77), &Json(json!(2))));
    }

    async fn a_document_with_a_nul_is_refused_alike(db: TestDb) {
        let wrong = db.store.write(|conn| Ok(diesel::insert_into(jobs::table).values(&row(json!({"a": "b\0"}))).execute(conn)?));
        let text = format!("{:?}", wrong.await.unwrap_err());
        assert!(text.contains("U+0000"), "{text}");
        let count = db.store.read(|conn| Ok(jobs::table.count().get_result::<i64>(conn)?)).await.unwrap();
        assert_eq!(count, 0);
    }

    async fn a_row_that_is_not_there_is_no_404_by_accident(db: TestDb) {
        let error = db.store.read(|conn| Ok(changes::table.select(changes::entity).first::<EntityId>(conn)?)).await.unwrap_err();
        assert_eq!(error.code(), "internal");
        let none = db.store.read(|conn| Ok(changes::table.select(changes::entity).first::<EntityId>(conn).optional()?));
        assert_eq!(none.await.unwrap(), None);
    }

    async fn words_are_kept_as_text(db: TestDb) {
        use mainstay::kernel::{Cla, NeedKind};
        let id: JobId = ids().make();
        let (kind, state) = db.store.write(move |conn| {
            diesel::insert_into(jobs::table).values(&Row { id, ..row(json!({})) }).execute(conn)?;
            let word = (jobs::kind.eq(NeedKind::BuildAndCi), jobs::last_error.eq(Some(Cla::Dco)));
            diesel::update(jobs::table.find(id)).set(word).execute(conn)?;
            let same = jobs::table.filter(jobs::kind.eq("build_and_ci")).filter(jobs::last_error.eq(Cla::Dco));
            Ok(same.select((jobs::kind, jobs::last_error)).first::<(NeedKind, Option<Cla>)>(conn)?)
        }).await.unwrap();
        assert_eq!((kind, state), (NeedKind::BuildAndCi, Some(Cla::Dco)));
        let wrong = db.store.write(move |conn| {
            diesel::update(jobs::table.find(id)).set(jobs::kind.eq("juggling")).execute(conn)?;
            Ok(jobs::table.select(jobs::kind).first::<NeedKind>(conn)?)
        });
        let text = format!("{:?}", wrong.await.unwrap_err());
        assert!(text.contains("juggling") && text.contains("is no NeedKind"), "{text}");
    }

    async fn the_idempotency_table_keeps_one_row_a_key(db: TestDb) {
        let ids = ids();
        let taken = db.store.write(move |conn| {
            let mut taken = 0;
            for scope in ["a", "b", "a"] {
                taken += diesel::insert_into(idempotency_keys::table)
                    .values((
                        idempotency_keys::id.eq(ids.make::<JobId>()),
                        idempotency_keys::scope.eq(scope),
                        idempotency_keys::key.eq("key"),
                        idempotency_keys::fingerprint.eq("f"),
                        idempotency_keys::state.eq("running"),
                        idempotency_keys::created_at.eq(at(1)),
                        idempotency_keys::expires_at.eq(at(2)),
                    ))
                    .on_conflict((idempotency_keys::scope, idempotency_keys::key))
                    .do_nothing()
                    .both()
                    .execute(conn)?;
            }
            Ok(taken)
        });
        assert_eq!(taken.await.unwrap(), 2);
    }
}
