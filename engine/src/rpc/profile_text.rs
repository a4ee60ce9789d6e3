//! What an outcome says about its gas, as nearcore's `ExecutionMetadataView` writes it.
//!
//! The view makes two texts for each of some twenty costs of each outcome, and sorts them each time. Their names and their
//! order are always the same.

use std::sync::LazyLock;

use near_parameters::{ActionCosts, ExtCosts};
use near_primitives::profile_data_v3::ProfileDataV3;
use near_primitives::transaction::ExecutionMetadata;
use near_primitives::types::Gas;
use near_primitives::views::{AccountContractView, ExecutionMetadataView};
use serde::ser::{Serialize, SerializeSeq, SerializeStruct, Serializer};
use strum::IntoEnumIterator;

pub struct Metadata<'a>(pub &'a ExecutionMetadata);

struct Profile<'a>(&'a ProfileDataV3);

#[derive(serde::Serialize)]
struct CostText<'a> {
    cost_category: &'a str,
    cost: &'a str,
    #[serde(with = "near_primitives::serialize::dec_format")]
    gas_used: Gas,
}

enum Cost {
    Action(ActionCosts),
    Wasm,
    Host(ExtCosts),
}

impl Serialize for Metadata<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            ExecutionMetadata::V3(profile) => {
                let mut text = serializer.serialize_struct("ExecutionMetadataView", 2)?;
                text.serialize_field("version", &3)?;
                text.serialize_field("gas_profile", &Profile(profile))?;
                text.end()
            }
            ExecutionMetadata::V4(metadata) => {
                let contracts: Vec<Option<AccountContractView>> = metadata
                    .contracts
                    .iter()
                    .cloned()
                    .map(AccountContractView::from_account_contract)
                    .collect();
                let mut text = serializer.serialize_struct("ExecutionMetadataView", 3)?;
                text.serialize_field("version", &4)?;
                text.serialize_field("gas_profile", &Profile(&metadata.profile))?;
                text.serialize_field("contracts", &contracts)?;
                text.end()
            }
            rare => ExecutionMetadataView::from(rare.clone()).serialize(serializer),
        }
    }
}

impl Serialize for Profile<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// All costs by category and name, as they stand in a profile.
        static COSTS: LazyLock<Vec<(&str, String, Cost)>> = LazyLock::new(|| {
            let actions = ActionCosts::iter()
                .map(|cost| ("ACTION_COST", format!("{cost:?}"), Cost::Action(cost)));
            let host = ExtCosts::iter()
                .map(|cost| ("WASM_HOST_COST", format!("{cost:?}"), Cost::Host(cost)));
            // So named in nearcore, though it is what the contract's own instructions cost.
            let wasm = ("WASM_HOST_COST", "WASM_INSTRUCTION".to_owned(), Cost::Wasm);
            let mut costs: Vec<_> = actions.chain(host).chain([wasm]).collect();
            costs.iter_mut().for_each(|(_, name, _)| name.make_ascii_uppercase());
            costs.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
            costs
        });

        let mut costs = serializer.serialize_seq(None)?;
        for (cost_category, cost, kind) in COSTS.iter() {
            let gas_used = match kind {
                Cost::Action(action) => self.0.get_action_cost(*action),
                Cost::Wasm => self.0.get_wasm_cost(),
                Cost::Host(host) => self.0.get_ext_cost(*host),
            };
            if gas_used > Gas::ZERO {
                costs.serialize_element(&CostText { cost_category, cost, gas_used })?;
            }
        }
        costs.end()
    }
}

#[cfg(test)]
mod tests {
    use near_primitives::account::AccountContract;
    use near_primitives::transaction::ExecutionMetadataV4;

    use super::*;

    fn texts(metadata: ExecutionMetadata) -> (String, String) {
        let ours = serde_json::to_string(&Metadata(&metadata)).unwrap();
        (ours, serde_json::to_string(&ExecutionMetadataView::from(metadata)).unwrap())
    }

    #[test]
    fn texts_are_those_of_the_view() {
        let mut some = ProfileDataV3::default();
        some.add_action_cost(ActionCosts::transfer, Gas::from_gas(1));
        some.add_ext_cost(ExtCosts::storage_read_base, Gas::from_gas(u64::MAX));
        let profiles = [ProfileDataV3::default(), ProfileDataV3::test(), some];
        let contracts = vec![
            AccountContract::None,
            AccountContract::Local(near_primitives::hash::hash(b"code")),
            AccountContract::GlobalByAccount("code.near".parse().unwrap()),
        ];
        for profile in profiles {
            let v4 = ExecutionMetadataV4 { profile: profile.clone(), contracts: contracts.clone() };
            for metadata in [
                ExecutionMetadata::V1,
                ExecutionMetadata::V2(Default::default()),
                ExecutionMetadata::V3(Box::new(profile)),
                ExecutionMetadata::V4(Box::new(v4)),
            ] {
                let (ours, theirs) = texts(metadata);
                assert_eq!(ours, theirs);
            }
        }
    }
}
