//! `GET /metrics`: the few of nearcore's figures that mean something here, in Prometheus' text form.

use std::fmt::Write;

use crate::chain::Chain;

pub fn text(chain: &Chain) -> String {
    let head = chain.head();
    let mut text = String::new();
    let mut gauge = |name: &str, help: &str, value: u128| {
        write!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n")
            .expect("writing to memory cannot fail");
    };
    gauge(
        "near_block_height_head",
        "Height of the current head of the blockchain",
        u128::from(head.height),
    );
    gauge(
        "near_final_block_height",
        "Height of the newest final block",
        u128::from(chain.final_head().height),
    );
    gauge(
        "near_block_ordinal_head",
        "Ordinal of the current head of the blockchain",
        u128::from(chain.blocks()),
    );
    gauge("near_epoch_height", "Height of the epoch of the head", u128::from(head.epoch.height));
    gauge(
        "near_gas_price",
        "Gas price of the next block in yoctoNEAR",
        head.facts.next_gas_price.as_yoctonear(),
    );
    gauge("near_peer_connections_total", "Connected peers", 0);
    text
}
