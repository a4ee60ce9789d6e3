"""LiteSVM through solders: a payer, and a token whose accounts a program makes by calling two others."""

from __future__ import annotations

from solders.account import Account
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.litesvm import LiteSVM
from solders.message import Message
from solders.pubkey import Pubkey
from solders.system_program import ID as SYSTEM
from solders.system_program import TransferParams, transfer
from solders.token import ID as TOKEN
from solders.token.associated import get_associated_token_address
from solders.transaction import VersionedTransaction
from solders.transaction_metadata import TransactionMetadata

_ASSOCIATED = Pubkey.from_string("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL")
_SUPPLY, _DECIMALS = 10**9, 9


class Chain:
    """A runtime with a payer and a mint."""

    def __init__(self) -> None:
        self.svm, self.payer, self.mint = LiteSVM(), Keypair(), Keypair().pubkey()
        self.svm.airdrop(self.payer.pubkey(), 10**12)
        authority = b"\1\0\0\0" + bytes(self.payer.pubkey())
        mint = authority + _SUPPLY.to_bytes(8, "little") + bytes([_DECIMALS, 1]) + bytes(36)
        self.svm.set_account(self.mint, Account(10**10, mint, TOKEN, executable=False, rent_epoch=0))

    def _send(self, instruction: Instruction) -> None:
        message = Message.new_with_blockhash([instruction], self.payer.pubkey(), self.svm.latest_blockhash())
        done = self.svm.send_transaction(VersionedTransaction(message, [self.payer]))
        assert isinstance(done, TransactionMetadata), str(done)

    def transfer(self) -> None:
        """Pay somebody new."""
        to = Keypair().pubkey()
        self._send(transfer(TransferParams(from_pubkey=self.payer.pubkey(), to_pubkey=to, lamports=10**7)))

    def call(self) -> Pubkey:
        """Have an associated token account made: its program calls the token program and the system program."""
        owner = Keypair().pubkey()
        made = get_associated_token_address(owner, self.mint)
        metas = [
            AccountMeta(self.payer.pubkey(), is_signer=True, is_writable=True),
            AccountMeta(made, is_signer=False, is_writable=True),
            *(AccountMeta(key, is_signer=False, is_writable=False) for key in (owner, self.mint, SYSTEM, TOKEN)),
        ]
        self._send(Instruction(_ASSOCIATED, b"", metas))
        return made
