// A file of an npm package that the browser loads by itself: the build serves it, and
// the import is its address.
declare module "address:*" {
	const address: string
	export default address
}
