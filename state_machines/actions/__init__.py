"""The actions of people and of the clock, each within one transaction."""
