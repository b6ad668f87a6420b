"""Internal bots 智能机器人: what employees ask and how answers stream."""
