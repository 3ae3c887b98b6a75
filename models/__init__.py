"""The rows and their invariants, one noun a file. Importing this package maps every table."""

from config import settings
from models import secret
from models.audit import AuditRow
from models.base import Base, db, reading, transaction
from models.bulk import Bulk, BulkAction, BulkResult, BulkResultState, BulkState
from models.dispute import Dispute, DisputeState
from models.durable.activity import ActivityRow, ActivityState
from models.durable.control import Pause, PauseKind, ProviderLimit
from models.durable.signal import SignalRow, SignalState
from models.durable.sweep import Sweep
from models.durable.transition import Transition
from models.erasure import Erasure, ErasureState
from models.idempotency import IdempotencyKey
from models.login import Login, LoginFailure, LoginState
from models.notice import Notice, NoticeKind
from models.order import Order, OrderItem, OrderState
from models.passkey import Passkey, PasskeyChallenge
from models.payment import Payment, PaymentMethod, PaymentState
from models.product import Product, ProductStatus
from models.reconciliation import Reconciliation, ReconciliationState
from models.refund import Refund, RefundOrigin, RefundState
from models.shipment import Shipment
from models.stock import StockMove
from models.user import User, UserSession, UserStatus

secret.keys.extend(settings.encryption_keys)

__all__ = [
    "ActivityRow",
    "ActivityState",
    "AuditRow",
    "Base",
    "Bulk",
    "BulkAction",
    "BulkResult",
    "BulkResultState",
    "BulkState",
    "Dispute",
    "DisputeState",
    "Erasure",
    "ErasureState",
    "IdempotencyKey",
    "Login",
    "LoginFailure",
    "LoginState",
    "Notice",
    "NoticeKind",
    "Order",
    "OrderItem",
    "OrderState",
    "Passkey",
    "PasskeyChallenge",
    "Pause",
    "PauseKind",
    "Payment",
    "PaymentMethod",
    "PaymentState",
    "Product",
    "ProductStatus",
    "ProviderLimit",
    "Reconciliation",
    "ReconciliationState",
    "Refund",
    "RefundOrigin",
    "RefundState",
    "Shipment",
    "SignalRow",
    "SignalState",
    "StockMove",
    "Sweep",
    "Transition",
    "User",
    "UserSession",
    "UserStatus",
    "db",
    "reading",
    "transaction",
]
