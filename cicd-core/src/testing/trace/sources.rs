//! Sources: they are set up, changed and taken away; they deliver, now and then twice, and what is old is forgotten.

use super::player::Player;
use crate::id::{DeliveryId, RowVersion};
use crate::port::{ListQuery, Load, Record, RecordKey, RecordKind, Write};
use crate::source::{Source, SourceDelivery};
use crate::testing::builders::{delete, delivery, marks, put, source};

impl Player<'_> {
    pub(super) async fn hear(&mut self) {
        match self.dice.below(10) {
            0 => self.set_up_source().await,
            1 => self.take_source_away().await,
            2 => self.deliver_again().await,
            3 => self.forget().await,
            _ => self.deliver().await,
        }
    }

    async fn set_up_source(&mut self) {
        let (number, service) = (self.dice.below(3), self.a_service());
        let drawn = source(number, &service);
        let key = RecordKey::new(RecordKind::Source, drawn.id);
        let row = match self.load(&Load::record(key)).await.record {
            Some(Record::Source(row)) => Source { events: Vec::new(), ..row },
            _ => drawn,
        };
        self.commit("source", put(&self.tenant, row)).await;
    }

    async fn a_source(&mut self) -> Option<Source> {
        self.one_of(&ListQuery::Sources).await.and_then(|row| Source::try_from(row).ok())
    }

    async fn take_source_away(&mut self) {
        if let Some(row) = self.a_source().await {
            let key = RecordKey::new(RecordKind::Source, row.id);
            self.commit("source away", delete(&self.tenant, key, row.row_version)).await;
        }
    }

    /// There are few numbers, so that some deliveries are repeats.
    async fn deliver(&mut self) {
        let Some(source) = self.a_source().await else { return self.set_up_source().await };
        let drawn = delivery(self.dice.below(24), &source);
        let row = SourceDelivery { id: DeliveryId::from_uuid(self.draw_id()), ..drawn };
        let mut change = put(&self.tenant, row.clone());
        for mark in marks(&row) {
            change.write(Write::Put(Box::new(mark.into())));
        }
        self.commit("delivery", change).await;
    }

    async fn a_delivery(&mut self) -> Option<SourceDelivery> {
        self.one_of(&ListQuery::OldestDeliveries).await.and_then(|row| SourceDelivery::try_from(row).ok())
    }

    async fn deliver_again(&mut self) {
        if let Some(row) = self.a_delivery().await {
            let row = SourceDelivery { redeliveries: row.redeliveries.saturating_add(1), ..row };
            self.commit("redelivery", put(&self.tenant, row)).await;
        }
    }

    async fn forget(&mut self) {
        let Some(row) = self.a_delivery().await else { return };
        let key = RecordKey::new(RecordKind::SourceDelivery, row.id);
        let mut change = delete(&self.tenant, key, row.row_version);
        for mark in row.mark_keys() {
            let key = RecordKey::new(RecordKind::DeliveryMark, mark);
            change.write(Write::Delete { key, expected: RowVersion::ABSENT.next() });
        }
        self.commit("forget", change).await;
    }
}
