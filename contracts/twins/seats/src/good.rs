//! A revert by hand with the gas for it.

use crate::{Seats, SeatsExt};
use near_sdk::{near, Gas, Promise};

const CALLBACK_GAS: Gas = Gas::from_tgas(4);
const GAS_PER_SEAT: Gas = Gas::from_tgas(1);

#[near]
impl Seats {
    /// Books seats for the attached deposit. The callback `on_taken` gets gas for freeing each of them; who attaches too
    /// little of it books nothing.
    #[payable]
    pub fn book(&mut self, seats: Vec<u32>) -> Promise {
        let gas = GAS_PER_SEAT.saturating_mul(seats.len() as u64);
        self.take_and_pay(seats, CALLBACK_GAS.saturating_add(gas))
    }
}
