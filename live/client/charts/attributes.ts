/** What every chart element understands: where its rows are, if they are not in a table in it, and how high the drawing is. */
export const commonAttributes = ["table", "src", "height"]
