//! A board on its way.

use super::{Board, Market, NeedFacts, VolunteerFacts};
use crate::kernel::NeedId;
use std::collections::HashMap;

/// A board that is being filled. Nothing can be asked of it yet, so nothing is filed before everything is there: once, and by how
/// sought each skill turned out to be.
#[derive(Debug)]
pub struct Draft(Board);

impl Draft {
    /// An empty one. What the market says of demand is replaced by the board's own count.
    pub fn new(market: Market) -> Self {
        Self(Board::new(market))
    }

    /// With the prices of an allocation, before any need is put on it; needs that it has not seen have none.
    #[must_use]
    pub fn with_prices(mut self, prices: HashMap<NeedId, f64>, p95: Option<f64>) -> Self {
        self.0.market.price_p95 = p95;
        self.0.prices = Some(prices);
        self
    }

    /// Puts a need on it, if it is open.
    pub fn add_need(&mut self, mut need: NeedFacts) {
        if !need.is_open {
            return;
        }
        let board = &mut self.0;
        if let Some(prices) = &board.prices {
            need.price = prices.get(&need.id).copied();
        }
        board.market.demand.add(&need);
        let card = board.need_card(&need);
        if let Some(before) = board.needs.put(need.id, need, card) {
            board.market.demand.take(&before);
        }
    }

    /// Puts a person on it.
    pub fn add_volunteer(&mut self, person: VolunteerFacts) {
        let card = self.0.person_card(&person);
        self.0.volunteers.put(person.account, person, card);
    }

    /// The board with everything in its place.
    pub fn finish(self) -> Board {
        let mut board = self.0;
        board.need_index.weigh(board.market.demand.weights());
        board.file_everything();
        board
    }
}
