"""The stories as scenes: a contract with its surroundings, and what its users do at the same time. No word of what is wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from near_harness import NEAR, Account, Call, Contract, Near, TGas, yocto
from near_harness.not_yet import take


@dataclass(frozen=True)
class Scene:
    """What the tools are given. ``actors`` act at the same time; ``callees`` are contracts that others may be."""

    contract: Contract
    actors: Sequence[Sequence[Call]]
    callees: Sequence[Contract] = ()

    def __post_init__(self) -> None:
        take(self.actors)  # no tool makes use of all of them


@dataclass(frozen=True)
class Stage:
    """A chain with the users, and the folder of the compiled contracts."""

    near: Near
    folder: Path
    alice: Account
    bob: Account

    async def deploy(self, wasm: str, name: str, **args: Any) -> Contract:
        """Deploy a contract, and begin with ``new`` where that has arguments."""
        path = self.folder / f"{wasm}.wasm"
        return await self.near.deploy(path, name, init="new" if args else None, args=args or None)


Story = Callable[[Stage, str], Awaitable[Scene]]


async def vault(stage: Stage, wasm: str) -> Scene:
    contract = await stage.deploy(wasm, "vault")
    await contract.deposit().by(stage.alice).attach(NEAR(10))
    await contract.deposit().by(stage.bob).attach(NEAR(20))
    withdraw = contract.withdraw(amount=NEAR(10)).by(stage.alice)
    return Scene(contract, [[withdraw], [withdraw]])


async def honeypot(stage: Stage, wasm: str) -> Scene:
    contract = await stage.deploy(wasm, "honeypot")
    await contract.put().by(stage.alice).attach(NEAR(9))
    await contract.put().by(stage.bob).attach(NEAR(1))
    return Scene(contract, [[contract.get().by(stage.bob)], [contract.get().by(stage.bob)]])


async def savings(stage: Stage, wasm: str) -> Scene:
    clerk = await stage.deploy("clerk", "clerk")
    contract = await stage.deploy(wasm, "savings", clerk=clerk.id)
    await contract.save().by(stage.alice).attach(NEAR(10))
    return Scene(
        contract, [[contract.save().by(stage.bob).attach(NEAR(1))], [contract.withdraw(amount=NEAR(10)).by(stage.alice)]], [clerk]
    )


async def payroll(stage: Stage, wasm: str) -> Scene:
    contract = await stage.deploy(wasm, "payroll")
    await contract.owe(worker=stage.bob).by(stage.alice).attach(NEAR(3))
    pay = contract.pay(worker=stage.bob).by(stage.alice)
    return Scene(contract, [[pay], [contract.pay(worker=stage.bob).by(stage.bob)]])


async def shop(stage: Stage, wasm: str) -> Scene:
    clerk = await stage.deploy("clerk", "clerk")
    await clerk.set_price(price=NEAR(3)).by(clerk)
    contract = await stage.deploy(wasm, "shop", clerk=clerk.id)
    return Scene(contract, [[contract.buy(item="bread").by(who).attach(NEAR(5))] for who in (stage.alice, stage.bob)], [clerk])


async def forwarder(stage: Stage, wasm: str) -> Scene:
    clerk = await stage.deploy("clerk", "clerk")
    contract = await stage.deploy(wasm, "forwarder")
    await contract.put().by(stage.alice).attach(NEAR(10))
    await contract.put().by(stage.bob).attach(NEAR(1))
    forward = contract.forward(to=clerk, method="take", args="{}", value=NEAR(1), gas=TGas(5)).by(stage.bob)
    return Scene(contract, [[forward], [forward]], [clerk])


async def auction(stage: Stage, wasm: str) -> Scene:
    contract = await stage.deploy(wasm, "auction")
    await contract.bid().by(stage.alice).attach(NEAR(1))
    dora = await stage.near.create_account("dora")
    return Scene(contract, [[contract.bid().by(stage.bob).attach(NEAR(2))], [contract.bid().by(dora).attach(NEAR(3))]])


async def escrow(stage: Stage, wasm: str) -> Scene:
    contract = await stage.deploy(wasm, "escrow")
    await contract.open(seller=stage.bob, arbiter=stage.bob).by(stage.alice).attach(NEAR(7))
    pays, returns = (contract.decide(deal=0, pay_seller=way) for way in (True, False))
    return Scene(contract, [[pays.by(stage.alice)], [returns.by(stage.bob)]])


async def names(stage: Stage, wasm: str) -> Scene:
    clerk = await stage.deploy("clerk", "clerk")
    await clerk.set_refuses(refuses=True).by(clerk)
    contract = await stage.deploy(wasm, "names", clerk=clerk.id)
    offer = contract.offer(name="gold", price=NEAR(5)).by(stage.alice)
    buy = contract.buy(name="gold").by(stage.bob).attach(NEAR(5))
    return Scene(contract, [[contract.register(name="gold").by(stage.alice)], [offer], [buy]], [clerk])


async def seats(stage: Stage, wasm: str) -> Scene:
    till = await stage.deploy("clerk", "till")
    contract = await stage.deploy(wasm, "seats", till=till.id)
    book = contract.book(seats=list(range(30))).attach(NEAR(1))
    return Scene(contract, [[book.by(stage.alice)], [till.set_closed(closed=True).by(till)]], [till])


async def quotes(stage: Stage, wasm: str) -> Scene:
    dear, cheap = await stage.deploy("clerk", "dear"), await stage.deploy("clerk", "cheap")
    await dear.set_price(price=NEAR(5)).by(dear)
    await cheap.set_price(price=NEAR(3)).by(cheap)
    contract = await stage.deploy(wasm, "quotes", shops=[dear.id, cheap.id])
    return Scene(contract, [[contract.buy(item="bread").by(stage.alice).attach(NEAR(10)).gas(TGas(200))]], [dear, cheap])


async def token(stage: Stage, wasm: str) -> Scene:
    receiver = await stage.deploy("token_receiver", "receiver")
    contract = await stage.deploy(wasm, "token", owner_id=stage.alice.id, total_supply="1000")
    send = contract.ft_transfer_call(receiver_id=receiver, amount="100", msg=f"spend {stage.bob.id}").attach(yocto(1))
    return Scene(contract, [[send.by(stage.alice)]], [receiver])


STORIES: dict[str, Story] = {
    story.__name__: story
    for story in (vault, honeypot, savings, payroll, shop, forwarder, auction, escrow, names, seats, quotes, token)
}
