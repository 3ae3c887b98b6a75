"""Rows and their invariants, one noun a file. Importing the room maps every table."""

from models.activity import ActivityRow, ActivityState
from models.base import Base, db, reading, transaction
from models.login import Login, LoginState
from models.order import Order, OrderItem, OrderState
from models.payment import Payment, PaymentState
from models.product import Product, ProductStatus
from models.signal import SignalRow, SignalState
from models.transition import Transition
from models.user import User, UserSession, UserStatus

__all__ = [
    "ActivityRow",
    "ActivityState",
    "Base",
    "Login",
    "LoginState",
    "Order",
    "OrderItem",
    "OrderState",
    "Payment",
    "PaymentState",
    "Product",
    "ProductStatus",
    "SignalRow",
    "SignalState",
    "Transition",
    "User",
    "UserSession",
    "UserStatus",
    "db",
    "reading",
    "transaction",
]
