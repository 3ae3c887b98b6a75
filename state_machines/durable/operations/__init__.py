"""Operations: what operators read and change while the engine runs, and what may be published."""
