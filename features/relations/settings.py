"""What makes a relation and a group. All numbers are ours, and configuration."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class RelationSettings(BaseModel):
    """How relations are read and joined.

    Attributes
    ----------
    control_share : float
        A holder with strictly more than this share controls.
    controlling_holders : tuple of str
        Kinds of holders whose majority makes a group. A government is none: firms are not one group
        only because the same government holds them.
    controller_positions : tuple of str
        Positions that make their holder the controller, whatever his share.
    common_positions : tuple of str
        Positions whose holder joins the firms that he holds them in.
    hub_firms : int
        A person with such positions in more firms than this, such as a registration agent, joins none
        of them; a guarantor of more subjects than this joins none of them either.
    guarantee_kinds : tuple of str
        Guarantees that join. Those of guarantee companies and policy funds are open obligations too,
        but to guarantee is their trade.
    default_months : int
        A default counts for this many months after it happened.
    bad_classes : tuple of str
        Five-class states that are a default; 90 days overdue are one too.
    default_states : tuple of str
        Outcomes of loans that are a default.
    control_weight, common_weight, guarantee_weight : float
        How much a neighbour's default weighs, by the strongest relation to him.
    flag_kinds : tuple of str
        Kinds of risk notices that flag a group.
    currency : str
        Amounts of other currencies are not summed; their accounts are counted.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    control_share: float = Field(0.5, gt=0, lt=1)
    controlling_holders: tuple[str, ...] = ("enterprise", "person", "fund", "other")
    controller_positions: tuple[str, ...] = ("controller",)
    common_positions: tuple[str, ...] = ("representative", "controller", "chair")
    hub_firms: int = Field(20, ge=2)
    guarantee_kinds: tuple[str, ...] = ("joint", "general", "joint_households", "counter")
    default_months: int = Field(24, ge=1, le=60)
    bad_classes: tuple[str, ...] = ("3", "4", "5")
    default_states: tuple[str, ...] = ("CHARGED_OFF", "DEFAULTED")
    control_weight: float = Field(1.0, gt=0)
    common_weight: float = Field(0.5, gt=0)
    guarantee_weight: float = Field(0.8, gt=0)
    flag_kinds: tuple[str, ...] = ("high_risk_group",)
    currency: str = Field("CNY", pattern="^[A-Z]{3}$")
