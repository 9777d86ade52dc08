import Testing
@Test func SweepPlanningTestsPlaceholder() {}
