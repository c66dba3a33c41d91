//! The table on DynamoDB.
//!
//! One table with a string partition key `pk` and sort key `sk`, attributes `v` (version), `expires` (Unix
//! seconds, the table's time-to-live attribute) and `body` (JSON text), and a stream of new and old images. What is quiet
//! ([`super::is_quiet`]) lies in a second one, named after it, without a stream; transactions span both.
//! `ClientRequestToken` is not relied on: conditions make every write safe to repeat.

use super::{
    Change, Changes, CommitError, Condition, Item, Key, Position, Table, TableError, Write, is_quiet,
};
use crate::attachment::named::{PARTITIONS, named_by};
use async_trait::async_trait;
use aws_sdk_dynamodb::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::{
        put_item::PutItemError, transact_write_items::TransactWriteItemsError, update_item::UpdateItemError,
    },
    types::{
        AttributeDefinition, AttributeValue, BillingMode, ConditionCheck, Delete, KeySchemaElement, KeyType,
        Put, ScalarAttributeType, StreamSpecification, StreamViewType, TransactWriteItem, Update,
    },
};
use aws_sdk_dynamodbstreams::{self as streams, types::ShardIteratorType};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

/// How long a commit is tried again when DynamoDB says that another transaction is at the same items.
const DEADLINE: Duration = Duration::from_secs(5);

/// A table on DynamoDB or what speaks its protocol.
#[derive(Clone)]
pub struct DynamoTable {
    items: Client,
    streams: streams::Client,
    name: String,
    /// Of the table for what is quiet.
    quiet: String,
}

impl DynamoTable {
    /// The table `name`, reached through these clients.
    pub fn new(items: Client, streams: streams::Client, name: impl Into<String>) -> Self {
        let name = name.into();
        let quiet = format!("{name}-box");
        Self { items, streams, name, quiet }
    }

    /// The name of the table in which a partition lies.
    fn name_for(&self, partition: &str) -> &str {
        if is_quiet(partition) { &self.quiet } else { &self.name }
    }

    /// Makes the table with its stream, and the one for what is quiet, as `infra/template.yaml` does on AWS; for tests and other engines.
    ///
    /// # Errors
    /// [`TableError::Broken`] when the engine refuses.
    pub async fn create(&self) -> Result<(), TableError> {
        let stream = StreamSpecification::builder()
            .stream_enabled(true)
            .stream_view_type(StreamViewType::NewAndOldImages)
            .build();
        self.create_one(&self.name, Some(stream.map_err(broken)?)).await?;
        self.create_one(&self.quiet, None).await
    }

    async fn create_one(&self, name: &str, stream: Option<StreamSpecification>) -> Result<(), TableError> {
        let attribute = |name: &str| {
            AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build()
        };
        let key = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
        self.items
            .create_table()
            .table_name(name)
            .billing_mode(BillingMode::PayPerRequest)
            .attribute_definitions(attribute("pk").map_err(broken)?)
            .attribute_definitions(attribute("sk").map_err(broken)?)
            .key_schema(key("pk", KeyType::Hash).map_err(broken)?)
            .key_schema(key("sk", KeyType::Range).map_err(broken)?)
            .set_stream_specification(stream)
            .send()
            .await
            .map_err(|error| broken(error.into_service_error()))?;
        Ok(())
    }

    /// The files that deposits, answers and what waits for its code name, and that are still of use. Reads the whole
    /// table: for once a day.
    ///
    /// # Errors
    /// As a read.
    pub async fn named_files(&self, now: Timestamp) -> Result<BTreeSet<String>, TableError> {
        let values = PARTITIONS.iter().enumerate();
        let values = values.map(|(n, prefix)| (format!(":p{n}"), AttributeValue::S((*prefix).to_owned())));
        let ours: Vec<String> = (0..PARTITIONS.len()).map(|n| format!("begins_with(pk, :p{n})")).collect();
        let mut pages = self
            .items
            .scan()
            .table_name(&self.name)
            .filter_expression(ours.join(" OR "))
            .set_expression_attribute_values(Some(values.collect()))
            .consistent_read(true)
            .into_paginator()
            .send();
        let mut named = BTreeSet::new();
        while let Some(page) = pages.next().await {
            for found in page.map_err(busy)?.items() {
                let item = item(found)?;
                if item.is_live(now) {
                    named.extend(named_by(&item.key.partition, &item.body));
                }
            }
        }
        Ok(named)
    }

    /// One write goes alone, for half the price of a transaction.
    async fn commit_one(&self, write: Write, now: Timestamp) -> Result<(), Failure> {
        match write {
            Write::Put { key, condition, expires, body } => {
                let (expression, values) = express(condition, now);
                let sent = self
                    .items
                    .put_item()
                    .table_name(self.name_for(&key.partition))
                    .set_item(Some(attributes(&key, next_version(condition), expires, body)))
                    .condition_expression(expression)
                    .set_expression_attribute_values(Some(values))
                    .send();
                sent.await
                    .map(drop)
                    .map_err(|error| failure(error, PutItemError::is_conditional_check_failed_exception))
            }
            Write::Count { key, most, expires } => {
                let sent = self
                    .items
                    .update_item()
                    .table_name(self.name_for(&key.partition))
                    .set_key(Some(key_attributes(&key)))
                    .update_expression(COUNT_UPDATE)
                    .condition_expression(COUNT_CONDITION)
                    .set_expression_attribute_values(Some(count_values(most, expires)))
                    .send();
                sent.await
                    .map(drop)
                    .map_err(|error| failure(error, UpdateItemError::is_conditional_check_failed_exception))
            }
            other => self.commit_all(vec![other], now).await,
        }
    }

    async fn commit_all(&self, writes: Vec<Write>, now: Timestamp) -> Result<(), Failure> {
        let items =
            writes.into_iter().map(|write| self.transact(write, now)).collect::<Result<Vec<_>, _>>()?;
        let sent = self.items.transact_write_items().set_transact_items(Some(items)).send();
        sent.await.map(drop).map_err(|error| match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                let codes: Vec<&str> =
                    cancelled.cancellation_reasons().iter().filter_map(|reason| reason.code()).collect();
                if codes.contains(&"ConditionalCheckFailed") {
                    Failure::Refused
                } else if codes.iter().any(|code| AGAIN.contains(code)) {
                    Failure::Again(codes.join(", "))
                } else {
                    Failure::Table(TableError::Broken(format!("transaction cancelled: {}", codes.join(", "))))
                }
            }
            _ => failure(error, |_| false),
        })
    }

    fn transact(&self, write: Write, now: Timestamp) -> Result<TransactWriteItem, Failure> {
        let item = TransactWriteItem::builder();
        let item = match write {
            Write::Put { key, condition, expires, body } => {
                let (expression, values) = express(condition, now);
                let put = Put::builder()
                    .table_name(self.name_for(&key.partition))
                    .set_item(Some(attributes(&key, next_version(condition), expires, body)))
                    .condition_expression(expression)
                    .set_expression_attribute_values(Some(values));
                item.put(put.build().map_err(broken)?)
            }
            Write::Delete { key, version } => {
                let (expression, values) = express(Condition::Version(version), now);
                let delete = Delete::builder()
                    .table_name(self.name_for(&key.partition))
                    .set_key(Some(key_attributes(&key)))
                    .condition_expression(expression)
                    .set_expression_attribute_values(Some(values));
                item.delete(delete.build().map_err(broken)?)
            }
            Write::Check { key, condition } => {
                let (expression, values) = express(condition, now);
                let check = ConditionCheck::builder()
                    .table_name(self.name_for(&key.partition))
                    .set_key(Some(key_attributes(&key)))
                    .condition_expression(expression)
                    .set_expression_attribute_values(Some(values));
                item.condition_check(check.build().map_err(broken)?)
            }
            Write::Count { key, most, expires } => {
                let update = Update::builder()
                    .table_name(self.name_for(&key.partition))
                    .set_key(Some(key_attributes(&key)))
                    .update_expression(COUNT_UPDATE)
                    .condition_expression(COUNT_CONDITION)
                    .set_expression_attribute_values(Some(count_values(most, expires)));
                item.update(update.build().map_err(broken)?)
            }
        };
        Ok(item.build())
    }

    /// An iterator over a shard's records after a sequence number, or from the oldest that is kept.
    async fn iterator(
        &self,
        stream: &str,
        shard: &str,
        after: Option<&str>,
    ) -> Result<Option<String>, TableError> {
        let from = match after {
            Some(_) => ShardIteratorType::AfterSequenceNumber,
            None => ShardIteratorType::TrimHorizon,
        };
        let request = self.streams.get_shard_iterator().stream_arn(stream).shard_id(shard);
        let request = request.shard_iterator_type(from).set_sequence_number(after.map(str::to_owned));
        match request.send().await {
            Ok(answer) => Ok(answer.shard_iterator),
            // After a quiet day the last record read is no longer kept: what is left comes after it.
            Err(error) if error.code() == Some("TrimmedDataAccessException") && after.is_some() => {
                tracing::warn!(
                    shard,
                    "the stream no longer keeps the last change read: is the register on time?"
                );
                Box::pin(self.iterator(stream, shard, None)).await
            }
            Err(error) => Err(busy(error)),
        }
    }

    async fn stream(&self) -> Result<String, TableError> {
        let described = self.items.describe_table().table_name(&self.name).send().await.map_err(busy)?;
        described
            .table()
            .and_then(|table| table.latest_stream_arn())
            .map(str::to_owned)
            .ok_or_else(|| TableError::Broken(format!("the table {} has no stream", self.name)))
    }

    async fn shards(&self, stream: &str) -> Result<Vec<streams::types::Shard>, TableError> {
        let mut shards = Vec::new();
        let mut last = None;
        loop {
            let described = self
                .streams
                .describe_stream()
                .stream_arn(stream)
                .set_exclusive_start_shard_id(last)
                .send()
                .await
                .map_err(busy)?;
            let Some(description) = described.stream_description else { return Ok(shards) };
            shards.extend(description.shards.unwrap_or_default());
            last = description.last_evaluated_shard_id;
            if last.is_none() {
                // Ids begin with the time the shard was made: parents come first.
                shards.sort_by(|one, other| one.shard_id.cmp(&other.shard_id));
                return Ok(shards);
            }
        }
    }
}

/// Reasons for which a transaction is cancelled and may go through a moment later.
const AGAIN: [&str; 3] = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];

/// A page of a shard may be empty before one that is not; the end of an open shard is empty for ever.
const EMPTY_PAGES: u32 = 4;

const COUNT_UPDATE: &str = "ADD v :one SET expires = :expires, body = :body";
const COUNT_CONDITION: &str = "attribute_not_exists(pk) OR v < :most";

fn count_values(most: u64, expires: Timestamp) -> HashMap<String, AttributeValue> {
    HashMap::from([
        (":one".into(), AttributeValue::N("1".into())),
        (":most".into(), AttributeValue::N(most.to_string())),
        (":expires".into(), AttributeValue::N(expires.as_second().to_string())),
        (":body".into(), AttributeValue::S(String::new())),
    ])
}

/// Why one attempt at a commit failed.
enum Failure {
    Refused,
    Again(String),
    Table(TableError),
}

impl From<TableError> for Failure {
    fn from(error: TableError) -> Self {
        Self::Table(error)
    }
}

fn failure<E, R>(error: SdkError<E, R>, is_refusal: impl Fn(&E) -> bool) -> Failure
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match error.as_service_error() {
        Some(service) if is_refusal(service) => Failure::Refused,
        Some(service)
            if matches!(
                service.code(),
                Some("TransactionConflictException" | "TransactionInProgressException")
            ) =>
        {
            Failure::Again(service.code().unwrap_or_default().to_owned())
        }
        _ => Failure::Table(busy(error)),
    }
}

fn busy<E, R>(error: SdkError<E, R>) -> TableError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let text = aws_sdk_dynamodb::error::DisplayErrorContext(&error).to_string();
    match error.as_service_error().and_then(|service| service.code()) {
        Some(
            "ResourceNotFoundException"
            | "ValidationException"
            | "AccessDeniedException"
            | "TrimmedDataAccessException",
        ) => TableError::Broken(text),
        _ => TableError::Busy(text),
    }
}

fn broken(error: impl std::fmt::Display) -> TableError {
    TableError::Broken(error.to_string())
}

fn key_attributes(key: &Key) -> HashMap<String, AttributeValue> {
    HashMap::from([
        ("pk".to_owned(), AttributeValue::S(key.partition.clone())),
        ("sk".to_owned(), AttributeValue::S(key.sort.clone())),
    ])
}

fn attributes(
    key: &Key,
    version: u64,
    expires: Option<Timestamp>,
    body: String,
) -> HashMap<String, AttributeValue> {
    let mut attributes = key_attributes(key);
    attributes.insert("v".into(), AttributeValue::N(version.to_string()));
    attributes.insert("body".into(), AttributeValue::S(body));
    if let Some(expires) = expires {
        attributes.insert("expires".into(), AttributeValue::N(expires.as_second().to_string()));
    }
    attributes
}

fn next_version(condition: Condition) -> u64 {
    match condition {
        Condition::Absent => 1,
        Condition::Version(version) => version + 1,
    }
}

/// A condition in DynamoDB's words. Expired items, which DynamoDB erases up to two days late, are absent.
fn express(condition: Condition, now: Timestamp) -> (&'static str, HashMap<String, AttributeValue>) {
    let mut values = HashMap::from([(":now".to_owned(), AttributeValue::N(now.as_second().to_string()))]);
    match condition {
        Condition::Absent => ("attribute_not_exists(pk) OR expires <= :now", values),
        Condition::Version(version) => {
            values.insert(":version".into(), AttributeValue::N(version.to_string()));
            ("v = :version AND (attribute_not_exists(expires) OR expires > :now)", values)
        }
    }
}

fn item(attributes: &HashMap<String, AttributeValue>) -> Result<Item, TableError> {
    read_item(attributes).ok_or_else(|| TableError::Broken("an item has not the attributes of ours".into()))
}

fn read_item(attributes: &HashMap<String, AttributeValue>) -> Option<Item> {
    let text = |name: &str| attributes.get(name)?.as_s().ok().cloned();
    let number = |name: &str| attributes.get(name)?.as_n().ok()?.parse::<i64>().ok();
    Some(Item {
        key: Key { partition: text("pk")?, sort: text("sk")? },
        version: u64::try_from(number("v")?).ok()?,
        expires: number("expires").and_then(|seconds| Timestamp::from_second(seconds).ok()),
        body: text("body")?,
    })
}

fn stream_item(attributes: &HashMap<String, streams::types::AttributeValue>) -> Result<Item, TableError> {
    let same = |value: &streams::types::AttributeValue| match value {
        streams::types::AttributeValue::S(text) => Some(AttributeValue::S(text.clone())),
        streams::types::AttributeValue::N(number) => Some(AttributeValue::N(number.clone())),
        _ => None,
    };
    item(&attributes.iter().filter_map(|(name, value)| Some((name.clone(), same(value)?))).collect())
}

/// How far each shard of the stream has been read.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
struct ShardPositions(BTreeMap<String, ShardPosition>);

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ShardPosition {
    /// Sequence number of the last record read.
    After(String),
    /// Closed, and read to its end.
    Done,
}

#[async_trait]
impl Table for DynamoTable {
    async fn get(&self, key: &Key, now: Timestamp) -> Result<Option<Item>, TableError> {
        let sent = self
            .items
            .get_item()
            .table_name(self.name_for(&key.partition))
            .set_key(Some(key_attributes(key)))
            .consistent_read(true)
            .send();
        let answer = sent.await.map_err(busy)?;
        let found = answer.item.as_ref().map(item).transpose()?;
        Ok(found.filter(|item| item.is_live(now)))
    }

    async fn query(
        &self,
        partition: &str,
        after: Option<&str>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<Item>, TableError> {
        let mut start = after.map(|sort| key_attributes(&Key::new(partition, sort)));
        loop {
            let answer = self
                .items
                .query()
                .table_name(self.name_for(partition))
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", AttributeValue::S(partition.to_owned()))
                .set_exclusive_start_key(start)
                .limit(i32::try_from(limit).unwrap_or(i32::MAX))
                .consistent_read(true)
                .send()
                .await
                .map_err(busy)?;
            let mut items = answer.items().iter().map(item).collect::<Result<Vec<_>, _>>()?;
            items.retain(|item| item.is_live(now));
            start = answer.last_evaluated_key;
            if !items.is_empty() || start.is_none() {
                return Ok(items);
            }
        }
    }

    async fn commit(&self, writes: Vec<Write>, now: Timestamp) -> Result<(), CommitError> {
        let started = tokio::time::Instant::now();
        let mut pause = Duration::from_millis(10);
        loop {
            let attempt = match <[Write; 1]>::try_from(writes.clone()) {
                Ok([write]) => self.commit_one(write, now).await,
                Err(writes) => self.commit_all(writes, now).await,
            };
            match attempt {
                Ok(()) => return Ok(()),
                Err(Failure::Refused) => return Err(CommitError::Refused),
                Err(Failure::Table(error)) => return Err(error.into()),
                Err(Failure::Again(reason)) if started.elapsed() > DEADLINE => {
                    return Err(TableError::Busy(reason).into());
                }
                Err(Failure::Again(_)) => {
                    tokio::time::sleep(pause.mul_f64(fastrand::f64())).await;
                    pause = (pause * 2).min(Duration::from_millis(500));
                }
            }
        }
    }

    async fn changes(&self, after: Option<&Position>, limit: u32) -> Result<Changes, TableError> {
        let mut positions: ShardPositions = match after {
            Some(position) => serde_json::from_str(&position.0).map_err(broken)?,
            None => ShardPositions::default(),
        };
        let stream = self.stream().await?;
        let shards = self.shards(&stream).await?;
        // Shards that the stream no longer lists are forgotten with it.
        positions.0.retain(|id, _| shards.iter().any(|shard| shard.shard_id() == Some(id)));
        let mut changes = Vec::new();
        for shard in &shards {
            let Some(id) = shard.shard_id() else { continue };
            let is_done = |id: &str| matches!(positions.0.get(id), Some(ShardPosition::Done));
            // A partition's changes go on in a child shard: the parent comes first.
            let parent_waits = shard.parent_shard_id().is_some_and(|parent| {
                shards.iter().any(|other| other.shard_id() == Some(parent)) && !is_done(parent)
            });
            if parent_waits || is_done(id) {
                continue;
            }
            let mut iterator = match positions.0.get(id) {
                Some(ShardPosition::After(sequence)) => self.iterator(&stream, id, Some(sequence)).await?,
                _ => self.iterator(&stream, id, None).await?,
            };
            let mut empty_pages = 0;
            while let Some(current) = iterator {
                let room = limit.saturating_sub(u32::try_from(changes.len()).unwrap_or(u32::MAX));
                if room == 0 {
                    break;
                }
                let answer = self
                    .streams
                    .get_records()
                    .shard_iterator(current)
                    .limit(i32::try_from(room.min(1_000)).unwrap_or(1_000))
                    .send()
                    .await
                    .map_err(busy)?;
                let records = answer.records.unwrap_or_default();
                empty_pages += u32::from(records.is_empty());
                for record in records.iter().filter_map(|record| record.dynamodb.as_ref()) {
                    if let Some(sequence) = &record.sequence_number {
                        positions.0.insert(id.to_owned(), ShardPosition::After(sequence.clone()));
                    }
                    changes.push(Change {
                        old: record.old_image.as_ref().map(stream_item).transpose()?,
                        new: record.new_image.as_ref().map(stream_item).transpose()?,
                    });
                }
                iterator = answer.next_shard_iterator;
                if iterator.is_none() {
                    positions.0.insert(id.to_owned(), ShardPosition::Done);
                } else if empty_pages == EMPTY_PAGES {
                    break;
                }
            }
        }
        let next = Position(serde_json::to_string(&positions).map_err(broken)?);
        Ok(Changes { changes, next })
    }
}
