// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// Keeps what it is sent.
contract Pool {
    mapping(address => uint256) public staked;

    function stake() external payable returns (bool) {
        staked[msg.sender] += msg.value;
        return true;
    }
}

/// Sends what is paid in to the pool, and writes the credit down when the pool has taken it.
contract Bank {
    Pool private immutable pool;
    mapping(address => uint256) public creditOf;

    constructor(Pool at) {
        pool = at;
    }

    function depositAndStake() external payable {
        require(pool.stake{value: msg.value}(), "the pool refuses");
        creditOf[msg.sender] += msg.value;
    }
}
