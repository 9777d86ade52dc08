import Testing
@Test func ScalingFitsTestsPlaceholder() {}
