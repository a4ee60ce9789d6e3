//! A revert by hand without the gas for it.

use crate::{Seats, SeatsExt};
use near_sdk::{near, Gas, Promise};

const CALLBACK_GAS: Gas = Gas::from_tgas(4);

#[near]
impl Seats {
    /// Books seats for the attached deposit. WRONG ON PURPOSE: the callback `on_taken` gets the same gas for any number of
    /// seats. It is plenty as long as the till takes the money.
    #[payable]
    pub fn book(&mut self, seats: Vec<u32>) -> Promise {
        self.take_and_pay(seats, CALLBACK_GAS)
    }
}
