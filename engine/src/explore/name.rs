//! Names of receipts: where a transaction's receipt is called `w0`, `w0.1` is the second that it sends, `w0.1.cb` the result of that.

use std::sync::Arc;

use super::parcel::Kind;

/// Names what one receipt makes, in order.
pub struct Names<'a> {
    parent: &'a str,
    sent: usize,
    others: [usize; 4],
}

impl<'a> Names<'a> {
    pub fn below(parent: &'a str) -> Self {
        Names { parent, sent: 0, others: [0; 4] }
    }

    pub fn next(&mut self, kind: Kind) -> Arc<str> {
        let (place, word) = match kind {
            Kind::Call | Kind::Transfer | Kind::Actions => {
                self.sent += 1;
                return format!("{}.{}", self.parent, self.sent - 1).into();
            }
            Kind::Data => (0, "cb"),
            Kind::Refund => (1, "refund"),
            Kind::Resume => (2, "resume"),
            Kind::Distribution => (3, "global"),
        };
        let number = self.others[place];
        self.others[place] += 1;
        match number {
            0 => format!("{}.{word}", self.parent).into(),
            _ => format!("{}.{word}{}", self.parent, number + 1).into(),
        }
    }
}
