/** Style sheets are bundled beside the module that imports them; anywidget puts them on the page. */
declare module "*.css";
