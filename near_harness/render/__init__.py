"""Pictures of what happened: receipt trees and tables of balances."""
