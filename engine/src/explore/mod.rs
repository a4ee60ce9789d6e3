//! Exploring the orders of receipts: a state with the receipts that are on their way, and what one of them does to it.
//!
//! Which receipt runs next is decided by whoever explores. The block is always the same one: ids and random seeds do not
//! depend on the order, so two receipts at different accounts commute, and a receipt keeps its name in every order.

mod fault;
mod name;
mod parcel;
mod step;
mod world;

pub use fault::Fault;
pub use parcel::{Kind, Parcel};
pub use step::{Change, Run, Step};
pub use world::{Holding, World};
